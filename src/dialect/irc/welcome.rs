//! The first words to somebody who is in: 001 to 005, how many there are, the message of the day.
//!
//! <https://modern.ircdocs.horse/#connection-registration>.

use bytes::BytesMut;

use super::isupport;
use super::numerics::Numeric;
use super::reply::Voice;

/// The modes of people and rooms that 004 names; clients read 005 instead.
const USER_MODES: &str = "i";
const ROOM_MODES: &str = "k";

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
    /// How many there are.
    pub census: Census,
    /// The message of the day, by lines; none of them is none.
    pub motd: &'a [&'a str],
}

/// How many there are of whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// People in the whole cluster.
    pub people: u64,
    /// Most people that there were in the cluster, as far as the node knows.
    pub most_people: u64,
    /// Nodes in the cluster.
    pub nodes: u64,
    /// Rooms that anybody may know of.
    pub rooms: u64,
    /// People on this node.
    pub here: u64,
    /// Most people that there were on this node.
    pub most_here: u64,
    /// Connections to this node that are not logged in.
    pub unknown: u64,
}

/// Writes all of it.
pub fn spell(welcome: &Welcome<'_>, out: &mut BytesMut) {
    let voice = Voice {
        server: welcome.server,
        nick: welcome.nick,
        tags: &[],
    };
    greeting(welcome, voice, out);
    features(voice, welcome.network, out);
    census(voice, welcome.census, out);
    motd(voice, welcome.motd, out);
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
    // The modes that take a parameter are those of rooms here, so they stand twice.
    let modes = [server, version, USER_MODES, ROOM_MODES, ROOM_MODES];
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

/// Writes 251 to 266, the answer to `LUSERS`.
pub fn census(voice: Voice<'_>, census: Census, out: &mut BytesMut) {
    let Census {
        people,
        most_people,
        nodes,
        rooms,
        here,
        most_here,
        unknown,
    } = census;
    let mut tell = |numeric, params: &[&str]| voice.reply(numeric, params, out);
    let all = format!("There are {people} users and 0 invisible on {nodes} servers");
    tell(Numeric::LuserClient, &[&all]);
    tell(Numeric::LuserOp, &["0", "operator(s) online"]);
    let unknown = unknown.to_string();
    tell(Numeric::LuserUnknown, &[&unknown, "unknown connection(s)"]);
    let rooms = rooms.to_string();
    tell(Numeric::LuserChannels, &[&rooms, "channels formed"]);
    let others = nodes.saturating_sub(1);
    let mine = format!("I have {here} clients and {others} servers");
    tell(Numeric::LuserMe, &[&mine]);
    let mut count = |numeric, whose: &str, now: u64, most: u64| {
        let text = format!("Current {whose} users {now}, max {most}");
        tell(numeric, &[&now.to_string(), &most.to_string(), &text]);
    };
    count(Numeric::LocalUsers, "local", here, most_here);
    count(Numeric::GlobalUsers, "global", people, most_people);
}

/// Writes the message of the day, or that there is none.
pub fn motd(voice: Voice<'_>, lines: &[&str], out: &mut BytesMut) {
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
