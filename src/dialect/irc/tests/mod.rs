mod beside;
mod caps;
mod cert;
mod events;
mod grammar;
mod harmless;
mod hear;
mod history;
mod labels;
mod line;
mod live;
mod login;
mod markread;
mod modes;
mod monitor;
mod multiline;
mod nicks;
mod office;
mod play;
mod profile;
mod refuse;
mod register;
mod registration;
mod sasl;
mod service;
mod split;
mod tables;
mod tell;
mod told;
mod welcome;
mod whole;
mod whowas;

use bytes::BytesMut;

use super::reply::{Reply, Voice};

/// The lines that something writes, without their ends.
fn written(write: impl FnOnce(&mut BytesMut)) -> Vec<String> {
    let mut out = BytesMut::new();
    write(&mut out);
    let text = String::from_utf8(out.to_vec()).unwrap();
    assert!(text.is_empty() || text.ends_with("\r\n"), "{text:?}");
    text.split_terminator("\r\n").map(str::to_owned).collect()
}

/// Replies as a peer reads them that is called `nick`, by a server called `irc.example`.
fn spelled(nick: &str, replies: &[Reply]) -> Vec<String> {
    let server = "irc.example";
    written(|out| {
        for reply in replies {
            let tags = &[];
            reply.spell(Voice { server, nick, tags }, out);
        }
    })
}
