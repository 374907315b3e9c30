//! As much of Redis' protocol as somebody in the middle needs: where a message ends, and its kind.

/// The bytes of the first message; `None` while it is not all there.
pub(crate) fn length(bytes: &[u8]) -> Option<usize> {
    let line = bytes.windows(2).position(|end| end == b"\r\n")? + 2;
    let count = || {
        let digits = std::str::from_utf8(&bytes[1..line - 2]).ok()?;
        usize::try_from(digits.parse::<i64>().ok()?).ok()
    };
    match bytes[0] {
        b'$' | b'!' | b'=' => {
            let whole = count().map_or(line, |body| line + body + 2);
            (bytes.len() >= whole).then_some(whole)
        }
        b'*' | b'~' | b'>' => several(bytes, line, count().unwrap_or(0)),
        b'%' => several(bytes, line, 2 * count().unwrap_or(0)),
        // Attributes, and what they are about.
        b'|' => several(bytes, line, 2 * count().unwrap_or(0) + 1),
        _ => Some(line),
    }
}

fn several(bytes: &[u8], mut end: usize, count: usize) -> Option<usize> {
    for _ in 0..count {
        end += length(&bytes[end..])?;
    }
    Some(end)
}

/// Whether nobody asked for this message.
pub(crate) fn is_push(message: &[u8]) -> bool {
    message.first() == Some(&b'>')
}

/// Whether this request makes its connection one that listens.
pub(crate) fn is_subscribe(request: &[u8]) -> bool {
    let start = request[..request.len().min(40)].to_ascii_uppercase();
    contains(&start, b"\r\nSUBSCRIBE\r\n") || contains(&start, b"\r\nPSUBSCRIBE\r\n")
}

pub(crate) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
