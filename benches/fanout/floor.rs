//! The floor: what a broadcast over TLS costs that keeps nothing and knows nobody.
//!
//! Plain tasks, one for each connection, on as many threads as a node has. A line goes to one
//! hub on each thread, from there to the queue of every other connection, and all that is queued
//! leaves in one vectored write. The handshake is the node's own: same settings, same sockets.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use conclave::net::door::{Door, Handshakes};
use conclave::net::handshake::handshake;
use conclave::net::tls::Identity;
use std::io::{self, IoSlice};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::{LocalSet, spawn_local};
use tokio::time::Instant;
use tokio_rustls::server::TlsStream;

use crate::server::{PREFIX, Place, Server, files};
use crate::{FLOOR, Failure};

/// Frames that wait for one connection, and that leave in one write.
const QUEUE: usize = 64;

/// How long a handshake may take.
const SHAKING: Duration = Duration::from_secs(60);

/// What waits for a hub.
const INBOX: usize = 1024;

/// Of all positions, for there is no log.
const EPOCH: u64 = 1_763_850_000;

/// What every thread is told.
type Hubs = Arc<[Sender<Told>]>;

enum Told {
    /// Somebody came.
    Came(u64, std::net::TcpStream),
    /// Somebody said something, for all others.
    Said(u64, Bytes),
}

/// Starts it as a process of its own.
pub(crate) fn start(place: &Place) -> Result<Server, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(FLOOR).arg(place.cert()).arg(place.key());
    Server::start(command)
}

/// Serves until it is killed.
pub(crate) fn serve(cert: &str, key: &str) -> Result<(), Failure> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let tls = Door::Line.tls(&Identity::load(&files(Path::new(cert), Path::new(key)))?)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let threads = thread::available_parallelism()?.get();
    let (hubs, inboxes): (Vec<_>, Vec<_>) = (0..threads).map(|_| channel(INBOX)).unzip();
    let hubs = Hubs::from(hubs);
    for inbox in inboxes {
        let (tls, hubs) = (tls.clone(), hubs.clone());
        thread::spawn(move || run(inbox, &tls, &hubs));
    }
    println!("line door {}, TLS", listener.local_addr()?);
    for (number, hub) in (0..).zip(hubs.iter().cycle()) {
        let (socket, _) = listener.accept()?;
        socket.set_nonblocking(true)?;
        hub.blocking_send(Told::Came(number, socket))?;
    }
    Ok(())
}

fn run(inbox: Receiver<Told>, tls: &Handshakes, hubs: &Hubs) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, hub(inbox, tls, hubs));
    Ok(())
}

async fn hub(mut inbox: Receiver<Told>, tls: &Handshakes, hubs: &Hubs) {
    let mut here: Vec<(u64, Sender<Bytes>)> = Vec::new();
    let mut news = Vec::new();
    while inbox.recv_many(&mut news, INBOX).await > 0 {
        for told in news.drain(..) {
            match told {
                Told::Came(number, socket) => {
                    let (queue, frames) = channel(QUEUE);
                    here.push((number, queue));
                    let (tls, hubs) = (tls.clone(), hubs.clone());
                    spawn_local(async move {
                        if let Err(error) = connection(number, socket, tls, hubs, frames).await {
                            eprintln!("floor: {error}");
                        }
                    });
                }
                Told::Said(from, frame) => {
                    for (_, queue) in here.iter().filter(|(number, _)| *number != from) {
                        pass(queue, frame.clone()).await;
                    }
                }
            }
        }
    }
}

/// Waits only where the queue is full; a connection that is gone wants nothing.
async fn pass(queue: &Sender<Bytes>, frame: Bytes) {
    if let Err(TrySendError::Full(frame)) = queue.try_send(frame) {
        let _ = queue.send(frame).await;
    }
}

async fn connection(
    number: u64,
    socket: std::net::TcpStream,
    tls: Handshakes,
    hubs: Hubs,
    mut queue: Receiver<Bytes>,
) -> Result<(), Failure> {
    let socket = TcpStream::from_std(socket)?;
    let mut stream = handshake(socket, Door::Line, &tls, Instant::now() + SHAKING).await?;
    stream.write_all(b"* Username:\n").await?;
    stream.flush().await?;
    let mut frames = Vec::with_capacity(QUEUE);
    let mut heard = Vec::new();
    let mut said = 0;
    loop {
        tokio::select! {
            count = queue.recv_many(&mut frames, QUEUE) => {
                if count == 0 {
                    return Ok(());
                }
                write_all(&mut stream, &mut frames).await?;
            }
            read = stream.read_buf(&mut heard) => {
                if read? == 0 {
                    return Ok(());
                }
                while let Some(length) = heard.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = heard.drain(..=length).collect();
                    let answer = match line.strip_prefix(b"/") {
                        Some(command) => granted(command),
                        None => {
                            said += 1;
                            say(number, said, &line, &hubs).await?;
                            format!("* ok {EPOCH}-{said}\n")
                        }
                    };
                    stream.write_all(answer.as_bytes()).await?;
                    stream.flush().await?;
                }
            }
        }
    }
}

/// Whatever is asked for, so that the crowd believes that it has logged in and entered a room.
fn granted(command: &[u8]) -> String {
    match command.first() {
        Some(b'r') => {
            format!("* Welcome {PREFIX}-1. You are in lobby on floor. /help lists the commands.\n")
        }
        Some(b'j') => format!("* You are in {PREFIX}-1 (1 here).\n"),
        _ => "* Positions are shown.\n".to_owned(),
    }
}

/// As long as the node's frame. One talks, so places are numbered by the connection.
async fn say(number: u64, said: u64, line: &[u8], hubs: &Hubs) -> Result<(), Failure> {
    let head = format!("{EPOCH}-{said} [{PREFIX}-1] {PREFIX}-1: ");
    let frame = Bytes::from([head.as_bytes(), line].concat());
    for hub in hubs.iter() {
        hub.send(Told::Said(number, frame.clone())).await?;
    }
    Ok(())
}

async fn write_all(stream: &mut TlsStream<TcpStream>, frames: &mut Vec<Bytes>) -> io::Result<()> {
    let mut slices: Vec<_> = frames.iter().map(|frame| IoSlice::new(frame)).collect();
    let mut rest = &mut slices[..];
    while !rest.is_empty() {
        let written = stream.write_vectored(rest).await?;
        IoSlice::advance_slices(&mut rest, written);
    }
    drop(slices);
    frames.clear();
    stream.flush().await
}
