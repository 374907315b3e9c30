//! A Redis of the test's own: started, killed, frozen, rewound, and asked what it holds.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use redis::{Connection, ConnectionLike as _, FromRedisValue};
use tempfile::TempDir;

use super::{PATIENCE, eventually};

/// Every acknowledged write survives a kill.
pub(crate) const KEPT: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];

/// Ports below those that the kernel gives to others, so that a killed server finds its own free.
const FIRST_PORT: u16 = 10_000;
const PORTS: u16 = 20_000;

/// Ports that are tried before a test gives up.
const TRIES: usize = 20;

/// How long the test's own commands may take, the server frozen or not.
const OWN_DEADLINE: Duration = PATIENCE;

/// A server that runs; killed when it is dropped.
pub(crate) struct Redis {
    folder: TempDir,
    port: u16,
    options: Vec<String>,
    password: Option<String>,
    server: Option<Child>,
}

impl Redis {
    /// A server that keeps nothing unless [`save`](Self::save) is asked for; `None` where the
    /// machine has no Redis and nobody insists.
    pub(crate) async fn start() -> Option<Self> {
        Self::with(&[]).await
    }

    /// The same with more options, as its command line has them.
    pub(crate) async fn with(options: &[&str]) -> Option<Self> {
        if !is_installed() {
            return None;
        }
        for _ in 0..TRIES {
            let mut redis = Self {
                folder: tempfile::tempdir().unwrap(),
                port: free_port(),
                options: options.iter().map(|&option| option.to_owned()).collect(),
                password: behind("--requirepass", options).map(str::to_owned),
                server: None,
            };
            if redis.tries_to_run().await {
                return Some(redis);
            }
        }
        panic!("no Redis would start");
    }

    /// Whether it came up; it does not where somebody else took the port in between.
    async fn tries_to_run(&mut self) -> bool {
        let mut command = Command::new("redis-server");
        command.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"]);
        command.args(["--save", "", "--logfile", "redis.log", "--dir"]);
        command.arg(self.folder.path()).args(&self.options);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let mut server = command.stderr(Stdio::null()).spawn().unwrap();
        let own = format!("process_id:{}\r", server.id());
        let mut is_up = false;
        eventually("Redis to answer", || {
            is_up = self.try_talk().is_ok_and(|mut talk| {
                let info = redis::cmd("INFO").arg("server").query::<String>(&mut talk);
                info.is_ok_and(|info| info.contains(&own)) && talk.check_connection()
            });
            is_up || server.try_wait().unwrap().is_some()
        })
        .await;
        self.server = Some(server);
        is_up
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Where it is, for somebody who knows the password.
    pub(crate) fn url(&self) -> String {
        self.url_at(self.port, 0)
    }

    /// The same through another port, and with another database.
    pub(crate) fn url_at(&self, port: u16, database: u8) -> String {
        let password = self.password.as_ref();
        let password = password.map_or(String::new(), |word| format!(":{word}@"));
        format!("redis://{password}127.0.0.1:{port}/{database}")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A connection of the test's own, past every proxy.
    pub(crate) fn talk(&self) -> Connection {
        self.try_talk().unwrap()
    }

    fn try_talk(&self) -> redis::RedisResult<Connection> {
        let client = redis::Client::open(self.url())?;
        let talk = client.get_connection_with_timeout(OWN_DEADLINE)?;
        talk.set_read_timeout(Some(OWN_DEADLINE))?;
        Ok(talk)
    }

    /// What it answers to a command, given as one line without quotes.
    pub(crate) fn ask<T: FromRedisValue>(&self, line: &str) -> T {
        self.ask_words(&line.split(' ').collect::<Vec<_>>())
    }

    /// What it answers to a command.
    pub(crate) fn ask_words<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let mut command = redis::Cmd::new();
        for word in words {
            command.arg(word);
        }
        match command.query(&mut self.talk()) {
            Ok(answer) => answer,
            Err(error) => panic!("{words:?}: {error}"),
        }
    }

    /// A command that is granted with OK.
    pub(crate) fn does(&self, line: &str) {
        assert_eq!(self.ask::<String>(line), "OK", "{line}");
    }

    /// The kind of a key; `none` where there is none.
    pub(crate) fn kind(&self, key: &str) -> String {
        self.ask_words(&["TYPE", key])
    }

    /// Listens to a channel from now on.
    pub(crate) fn overhear(&self, channel: &str) -> Overheard {
        let mut talk = self.talk();
        let mut words = redis::cmd("SUBSCRIBE");
        talk.send_packed_command(&words.arg(channel).get_packed_command())
            .unwrap();
        let _subscribed = talk.recv_response().unwrap();
        Overheard(talk)
    }

    /// Writes a snapshot, with which it starts after a kill.
    pub(crate) fn save(&self) {
        self.does("SAVE");
    }

    /// Kills it as a power cut does; its port and its folder stay.
    pub(crate) fn kill(&mut self) {
        let mut server = self.server.take().expect("it runs");
        server.kill().unwrap();
        server.wait().unwrap();
    }

    /// Starts it again with what its folder has.
    pub(crate) async fn start_again(&mut self) {
        assert!(self.server.is_none(), "it runs");
        assert!(self.tries_to_run().await, "{}", self.log());
    }

    /// It takes connections and bytes, and does nothing, until it thaws.
    pub(crate) fn freeze(&self) {
        self.signal("STOP");
    }

    pub(crate) fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let pid = self.server.as_ref().expect("it runs").id();
        let kill = format!("kill -{name} {pid}");
        let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success(), "{kill}");
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.path("redis.log")).unwrap_or_default()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // It may have ended by itself.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// What is published on a channel.
pub(crate) struct Overheard(Connection);

impl Overheard {
    /// The next message.
    pub(crate) fn next(&mut self) -> String {
        let (_message, _channel, text): (String, String, String) =
            redis::from_redis_value(self.0.recv_response().unwrap()).unwrap();
        text
    }
}

/// An authority that nobody else trusts, and a certificate of it for a server on this machine.
pub(crate) struct Papers {
    pub(crate) authority: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl Papers {
    pub(crate) fn made_in(folder: &Path) -> Self {
        use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let params = CertificateParams::new(names).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap().pem();
        let write = |name: &str, pem: String| {
            let path = folder.join(name);
            std::fs::write(&path, pem).unwrap();
            path
        };
        Self {
            authority: write("authority.pem", authority),
            certificate: write("redis.pem", certificate),
            key: write("redis.key", key.serialize_pem()),
        }
    }

    /// Options for a server with these papers and a second, encrypted port.
    pub(crate) fn options(&self, port: u16) -> Vec<String> {
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        let word = str::to_owned;
        vec![
            word("--tls-port"),
            port.to_string(),
            word("--tls-cert-file"),
            path(&self.certificate),
            word("--tls-key-file"),
            path(&self.key),
            word("--tls-ca-cert-file"),
            path(&self.authority),
            word("--tls-auth-clients"),
            word("no"),
        ]
    }
}

/// Whether there is a Redis here. Who tests for others may not do without it.
fn is_installed() -> bool {
    let version = Command::new("redis-server").arg("--version").output();
    match version {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let insists = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!insists, "there is no redis-server");
            println!("skipped: no redis-server");
            false
        }
        Err(error) => panic!("redis-server: {error}"),
    }
}

/// A port that nobody listens on now; different for each caller of this process.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let process = u16::try_from(std::process::id() % u32::from(PORTS)).unwrap();
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(7);
        let port = FIRST_PORT + (process.wrapping_mul(101).wrapping_add(step)) % PORTS;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

fn behind<'a>(option: &str, options: &[&'a str]) -> Option<&'a str> {
    let at = options.iter().position(|known| *known == option)?;
    options.get(at + 1).copied()
}
