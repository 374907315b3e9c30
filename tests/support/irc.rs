//! Somebody with an IRC client.
//!
//! A line is compared by what it means: the colon in front of a last parameter of one word says
//! nothing. Tags are a part of it; [`bare`] takes them off.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::version::{TLS12, TLS13};

use super::client::{Client, Own, Tls};
use super::node::Node;

/// As the server calls itself where nothing else is set.
pub(crate) const SERVER: &str = "conclave.local";

/// One connection to the IRC door.
pub(crate) struct Irc {
    client: Client,
    name: String,
    caps: Vec<String>,
    pings: u32,
}

impl Irc {
    /// As clients come in that name the protocol.
    pub(crate) async fn connect(node: &Node) -> Self {
        let tls = Tls::naming(node, &[&TLS13, &TLS12], &["irc"]);
        Self {
            client: Client::connect(node.irc, &tls).await,
            name: "visitor".to_owned(),
            caps: Vec::new(),
            pings: 0,
        }
    }

    /// The same with a certificate of one's own.
    pub(crate) async fn showing(node: &Node, own: &Own) -> Self {
        Self {
            client: Client::connect(node.irc, &Tls::showing(node, own)).await,
            name: "visitor".to_owned(),
            caps: Vec::new(),
            pings: 0,
        }
    }

    /// Says who this is when an expectation fails.
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.client = self.client.named(name);
        name.clone_into(&mut self.name);
        self
    }

    /// Capabilities that are asked for at the login, beside `sasl`.
    pub(crate) fn wanting(mut self, caps: &[&str]) -> Self {
        self.caps = caps.iter().map(|cap| (*cap).to_owned()).collect();
        self
    }

    /// Logs in as most clients do; returns the burst up to the message of the day or that there is
    /// none.
    pub(crate) async fn logs_in(&mut self, account: &str, password: &str) -> Vec<String> {
        self.says("CAP LS 302").await;
        while self.finds(" LS ").await.contains(" LS * ") {}
        self.says(&format!("CAP REQ :sasl {}", self.caps.join(" ")))
            .await;
        self.finds(" ACK ").await;
        self.authenticates(account, password).await;
        self.hears_numeric("900").await;
        self.hears_numeric("903").await;
        self.registers(account).await;
        self.says("CAP END").await;
        self.hears_burst().await
    }

    /// Says nick and name.
    pub(crate) async fn registers(&mut self, nick: &str) {
        self.says(&format!("NICK {nick}")).await;
        self.says(&format!("USER {nick} 0 * :{nick}")).await;
    }

    /// SASL PLAIN up to its response.
    pub(crate) async fn authenticates(&mut self, account: &str, password: &str) {
        self.says("AUTHENTICATE PLAIN").await;
        let go_on = self.line("AUTHENTICATE +").await;
        assert!(go_on.ends_with("AUTHENTICATE +"), "{go_on}");
        let response = STANDARD.encode(format!("\0{account}\0{password}"));
        assert!(response.len() < 400, "one chunk");
        self.says(&format!("AUTHENTICATE {response}")).await;
    }

    /// From 001 to 376 or 422.
    pub(crate) async fn hears_burst(&mut self) -> Vec<String> {
        let mut burst = vec![self.hears_numeric("001").await];
        loop {
            let line = self.line("the end of the message of the day").await;
            let is_last = ["376", "422"].contains(&command(&line));
            burst.push(line);
            if is_last {
                return burst;
            }
        }
    }

    pub(crate) async fn says(&mut self, line: &str) {
        self.client
            .mouth
            .sends(format!("{line}\r\n").as_bytes())
            .await;
    }

    /// Bytes as they are.
    pub(crate) async fn sends(&mut self, bytes: &[u8]) {
        self.client.mouth.sends(bytes).await;
    }

    /// The next line, without its end.
    pub(crate) async fn line(&mut self, wanted: &str) -> String {
        let mut line = self.client.ear.line(wanted).await;
        let end = line.pop();
        assert_eq!(end, Some('\r'), "{}: {line}", self.name);
        line
    }

    /// The next line means this.
    pub(crate) async fn hears(&mut self, wanted: &str) {
        let line = self.line(wanted).await;
        assert!(
            meant(&line) == meant(wanted),
            "{} wanted {wanted:?} and heard {line:?}",
            self.client.ear
        );
    }

    /// Several lines, in this order.
    pub(crate) async fn hears_all(&mut self, lines: &[&str]) {
        for line in lines {
            self.hears(line).await;
        }
    }

    pub(crate) async fn hears_starting(&mut self, start: &str) -> String {
        let line = self.line(start).await;
        assert!(
            line.starts_with(start),
            "{} wanted {start:?}… and heard {line:?}",
            self.client.ear
        );
        line
    }

    /// The next line is this numeric.
    pub(crate) async fn hears_numeric(&mut self, code: &str) -> String {
        let line = self.line(code).await;
        assert!(
            command(&line) == code,
            "{} wanted a {code} and heard {line:?}",
            self.client.ear
        );
        line
    }

    /// The next line that has this in it, whatever comes before.
    pub(crate) async fn finds(&mut self, part: &str) -> String {
        loop {
            let line = self.line(part).await;
            if line.contains(part) {
                return line;
            }
        }
    }

    /// All up to this numeric and with it.
    pub(crate) async fn hears_up_to(&mut self, code: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            lines.push(self.line(code).await);
            if lines.last().is_some_and(|line| command(line) == code) {
                return lines;
            }
        }
    }

    /// A question with an answer of one line.
    pub(crate) async fn asks(&mut self, question: &str, answer: &str) {
        self.says(question).await;
        self.hears(answer).await;
    }

    /// Enters a room that has no topic, and hears who is there, sorted.
    pub(crate) async fn joins(&mut self, room: &str) -> Vec<String> {
        self.says(&format!("JOIN {room}")).await;
        self.has_joined(room).await
    }

    /// What follows a JOIN into a room without a topic; who is there, sorted.
    pub(crate) async fn has_joined(&mut self, room: &str) -> Vec<String> {
        self.hears(&format!(":{0}!{0}@conclave JOIN {room}", self.name))
            .await;
        self.hears_names().await
    }

    /// Who is in a room, sorted.
    pub(crate) async fn names(&mut self, room: &str) -> Vec<String> {
        self.says(&format!("NAMES {room}")).await;
        self.hears_names().await
    }

    async fn hears_names(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        for line in self.hears_up_to("366").await {
            if command(&line) == "353" {
                let (_, listed) = line[1..].split_once(" :").unwrap_or_else(|| {
                    let last = line.rfind(' ').unwrap();
                    line[1..].split_at(last - 1)
                });
                let unmarked = |name: &str| name.trim_start_matches(['@', '+']).to_owned();
                names.extend(listed.split_whitespace().map(unmarked));
            }
        }
        names.sort();
        names
    }

    /// What came so far: all that was said to this person before this is in it.
    pub(crate) async fn catches_up(&mut self) -> Vec<String> {
        self.pings += 1;
        let token = format!("{}-{}", self.name, self.pings);
        self.says(&format!("PING {token}")).await;
        let pong = format!(":{SERVER} PONG {SERVER} {token}");
        let mut before = Vec::new();
        loop {
            let line = self.line(&pong).await;
            if meant(bare(&line)) == pong {
                return before;
            }
            before.push(line);
        }
    }

    pub(crate) async fn hears_nothing_else(&mut self) {
        let heard = self.catches_up().await;
        assert!(
            heard.is_empty(),
            "{} heard more: {heard:#?}",
            self.client.ear
        );
    }

    pub(crate) async fn hears_the_end(&mut self) {
        self.client.ear.hears_the_end().await;
    }

    /// Goes, and hears the last words of the server and nothing else.
    pub(crate) async fn quits(mut self) {
        self.says("QUIT").await;
        self.is_sent_away().await;
    }

    /// The last words of the server, and the end.
    pub(crate) async fn is_sent_away(&mut self) -> String {
        let error = self.line("ERROR").await;
        assert!(
            command(&error) == "ERROR",
            "{} wanted an ERROR and heard {error:?}",
            self.client.ear
        );
        self.hears_the_end().await;
        error
    }
}

/// A line without its tags.
pub(crate) fn bare(line: &str) -> &str {
    match line.strip_prefix('@') {
        Some(tagged) => tagged.split_once(' ').map_or("", |(_, bare)| bare),
        None => line,
    }
}

/// The command or numeric of a line.
pub(crate) fn command(line: &str) -> &str {
    let mut words = bare(line).split(' ');
    let first = words.next().unwrap_or_default();
    if first.starts_with(':') {
        words.next().unwrap_or_default()
    } else {
        first
    }
}

/// The line as it would be spelled without a colon that is not needed.
fn meant(line: &str) -> String {
    let source = bare(line).strip_prefix(':');
    let rest = source.map_or(bare(line), |said| {
        said.split_once(' ').map_or("", |(_, rest)| rest)
    });
    let front = &line[..line.len() - rest.len()];
    match rest.split_once(" :") {
        Some((words, last))
            if !last.is_empty() && !last.contains(' ') && !last.starts_with(':') =>
        {
            format!("{front}{words} {last}")
        }
        Some(_) | None => line.to_owned(),
    }
}
