//! Whether what people were told and what they read is one story.

use std::collections::{HashMap, HashSet};

use crate::people::{Fate, Read, Told, position_of};
use crate::support::Cluster;

type Position = (u64, u64);

/// Room, speaker and text by position.
type Log = Vec<(Position, String, String, String)>;

pub(crate) fn is_one(told: &[Told], cluster: &Cluster) {
    let log = log_of(cluster);
    let mut places = HashMap::new();
    for (position, room, sender, text) in &log {
        let twice = places.insert(text.as_str(), (*position, room.as_str(), sender.as_str()));
        assert!(twice.is_none(), "{text} is in the log twice");
    }
    for person in told {
        was_told_the_truth(person, &places);
        read_in_order(person, &places);
        if let Some(room) = person.stayed {
            read_everything(person, room, &log);
        }
    }
    println!("{} messages in the log", log.len());
}

/// Every answer, against the log.
fn was_told_the_truth(person: &Told, places: &HashMap<&str, (Position, &str, &str)>) {
    let (mut refused, mut in_doubt, mut last) = (0, 0, (0, 0));
    for (room, text, fate) in &person.said {
        let place = places.get(text.as_str());
        let who = person.name;
        match fate {
            Fate::At(position) => {
                let wanted = (*position, room.as_str(), who);
                assert_eq!(place, Some(&wanted), "{text} was acknowledged");
            }
            Fate::Refused => {
                assert_eq!(place, None, "{text} was not delivered");
                refused += 1;
            }
            Fate::InDoubt => in_doubt += 1,
        }
        if let Some((position, ..)) = place {
            assert!(
                *position > last,
                "{text} at {position:?}, behind {last:?}: {fate:?}"
            );
            last = *position;
        }
    }
    let said = person.said.len();
    println!(
        "{} said {said}: {refused} refused, {} told after all, {in_doubt} in doubt for good",
        person.name, person.resolved
    );
}

/// Every connection, against the log; nothing twice.
fn read_in_order(person: &Told, places: &HashMap<&str, (Position, &str, &str)>) {
    let mut known = HashSet::new();
    for life in &person.read {
        let mut last = (0, 0);
        for Read {
            position,
            place,
            text,
        } in life
        {
            let who = person.name;
            let found = places.get(text.as_str());
            let Some((at, room, sender)) = found else {
                panic!("{who} read {text}, which is not in the log");
            };
            assert!(known.insert(text), "{who} read {text} twice");
            let near = format!("[{room}] {sender}");
            let far = format!("[Sub] [{room}] {sender}");
            assert!(
                *place == near || *place == far,
                "{who} read {place}: {text}"
            );
            assert!(*at > last, "{who} read {text} too late");
            assert!(position.is_none_or(|shown| shown == *at), "{who}, {text}");
            assert_ne!(sender, &who, "{who} read {text} of their own");
            last = *at;
        }
    }
}

/// Who never left a room read all that others said in it.
fn read_everything(person: &Told, room: &str, log: &Log) {
    let near = format!("[{room}]");
    let read = person.read.iter().flatten();
    let read: Vec<_> = read
        .filter(|read| read.place.starts_with(&near))
        .map(|read| read.text.as_str())
        .collect();
    let wanted = log
        .iter()
        .filter(|(_, place, sender, _)| place == room && sender != person.name);
    let wanted: Vec<_> = wanted.map(|(.., text)| text.as_str()).collect();
    let first = read.iter().zip(&wanted).position(|(a, b)| a != b);
    let at = first.unwrap_or(read.len().min(wanted.len()));
    assert!(
        read == wanted,
        "{} read {:?} where {:?} was said, of {} messages",
        person.name,
        read.get(at),
        wanted.get(at),
        wanted.len()
    );
}

fn log_of(cluster: &Cluster) -> Log {
    let entries: Vec<(String, Vec<String>)> = cluster
        .redis
        .ask(&format!("XRANGE {} - +", cluster.key("log")));
    let messages = entries.into_iter().filter_map(|(id, fields)| {
        let event: serde_json::Value = serde_json::from_str(&fields[1]).unwrap();
        let word = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        let is_message = event["type"] == "room_message";
        is_message.then(|| (position_of(&id), word("room"), word("sender"), word("text")))
    });
    messages.collect()
}
