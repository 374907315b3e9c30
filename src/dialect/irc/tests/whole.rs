//! What a peer has to be able to rely on, whatever anybody said: shared with what is fuzzed.

/// Bytes of a line without tags, with CR LF.
const LINE_BYTES: usize = 512;

/// Bytes of the tags of a line, with `@` and the space.
const TAGS_BYTES: usize = 8191;

/// Whether all of it is whole lines: UTF-8, short enough, with nothing in them that ends a line, and
/// with tags that are tags.
pub(crate) fn whole_lines(told: &[u8]) -> Result<Vec<&str>, String> {
    let told = std::str::from_utf8(told).map_err(|error| error.to_string())?;
    let lines: Vec<&str> = told.split_inclusive('\n').collect();
    for line in &lines {
        check(line).map_err(|why| format!("{why}: {line:?}"))?;
    }
    Ok(lines)
}

fn check(line: &str) -> Result<(), &'static str> {
    let inside = line.strip_suffix("\r\n").ok_or("no end")?;
    if inside.contains(['\0', '\r', '\n']) {
        return Err("an end inside");
    }
    let (tags, rest) = match inside.strip_prefix('@') {
        Some(tagged) => tagged.split_once(' ').ok_or("tags alone")?,
        None => ("", inside),
    };
    if rest.len() + "\r\n".len() > LINE_BYTES || tags.len() + "@ ".len() > TAGS_BYTES {
        return Err("too long");
    }
    let is_key = |key: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-/+.".contains(&byte);
        !key.is_empty() && key.bytes().all(allowed)
    };
    let mut keys = tags
        .split(';')
        .map(|tag| tag.split('=').next().unwrap_or(tag));
    if !tags.is_empty() && !keys.all(is_key) {
        return Err("no key of a tag");
    }
    let command = match rest.strip_prefix(':') {
        Some(sourced) => sourced.split_once(' ').ok_or("a source alone")?.1,
        None => rest,
    };
    let command = command.split(' ').next().unwrap_or(command);
    if command.is_empty() || !command.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err("no command");
    }
    Ok(())
}
