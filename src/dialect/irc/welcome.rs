//! The first words to somebody who is in: 001 to 005, how many there are, and the message of the
//! day.
//!
//! <https://modern.ircdocs.horse/#connection-registration>.

use bytes::BytesMut;

use super::isupport;
use super::numerics::Numeric;
use super::reply::Voice;
use super::umodes;
use crate::chat::answer::Census;

/// The modes of people and rooms that 004 names; clients read 005 instead.
const USER_MODES: &str = umodes::ALL;
const ROOM_MODES: &str = "Ibeiklmnostv";

/// Those of them that take a parameter.
const ROOM_MODES_ABOUT: &str = "Ibeklov";

/// What there is to say.
#[derive(Debug, Clone, Copy)]
pub struct Welcome<'a> {
    /// The name of the server, one word.
    pub server: &'a str,
    /// The name of the network.
    pub network: &'a str,
    /// The program and its version, one word.
    pub version: &'a str,
    /// Since when the server runs, for people.
    pub created: &'a str,
    /// As whom the peer is seen.
    pub nick: &'a str,
}

/// Writes 001 to 005; what else belongs to a welcome is known when the store has counted.
pub fn spell(welcome: &Welcome<'_>, out: &mut BytesMut) {
    let voice = Voice {
        server: welcome.server,
        nick: welcome.nick,
        tags: &[],
    };
    greeting(welcome, voice, out);
    features(voice, welcome.network, out);
}

fn greeting(welcome: &Welcome<'_>, voice: Voice<'_>, out: &mut BytesMut) {
    let Welcome {
        server,
        network,
        version,
        created,
        nick,
        ..
    } = welcome;
    let hello = format!("Welcome to the {network} Network, {nick}");
    voice.reply(Numeric::Welcome, &[&hello], out);
    let host = format!("Your host is {server}, running version {version}");
    voice.reply(Numeric::YourHost, &[&host], out);
    let since = format!("This server was created {created}");
    voice.reply(Numeric::Created, &[&since], out);
    let modes = [server, version, USER_MODES, ROOM_MODES, ROOM_MODES_ABOUT];
    voice.reply(Numeric::MyInfo, &modes, out);
}

/// Writes 005: what the server can do.
pub fn features(voice: Voice<'_>, network: &str, out: &mut BytesMut) {
    for tokens in isupport::lines(network) {
        let mut params: Vec<&str> = tokens.iter().map(String::as_str).collect();
        params.push("are supported by this server");
        voice.reply(Numeric::ISupport, &params, out);
    }
}

/// Writes 251 to 266, the answer to `LUSERS`: of all nodes together, for people see no nodes. How
/// many there were at most is not kept, nor are those counted who are not in yet.
pub fn census(voice: Voice<'_>, census: Census, out: &mut BytesMut) {
    let Census {
        people,
        rooms,
        operators,
        ..
    } = census;
    let mut tell = |numeric, params: &[&str]| voice.reply(numeric, params, out);
    let all = format!("There are {people} users and 0 invisible on 1 servers");
    tell(Numeric::LuserClient, &[&all]);
    let operators = [&operators.to_string(), "operator(s) online"];
    tell(Numeric::LuserOp, &operators);
    let formed = [&rooms.to_string(), "channels formed"];
    tell(Numeric::LuserChannels, &formed);
    let mine = format!("I have {people} clients and 0 servers");
    tell(Numeric::LuserMe, &[&mine]);
    for (numeric, whose) in [
        (Numeric::LocalUsers, "local"),
        (Numeric::GlobalUsers, "global"),
    ] {
        tell(numeric, &[&format!("Current {whose} users {people}")]);
    }
}

/// Writes the message of the day, or that there is none.
pub fn motd(voice: Voice<'_>, lines: &[String], out: &mut BytesMut) {
    if lines.is_empty() {
        voice.reply(Numeric::NoMotd, &["There is no message of the day"], out);
        return;
    }
    let start = format!("- {} Message of the day - ", voice.server);
    voice.reply(Numeric::MotdStart, &[&start], out);
    for line in lines {
        voice.reply(Numeric::Motd, &[line], out);
    }
    voice.reply(Numeric::EndOfMotd, &["End of /MOTD command."], out);
}
