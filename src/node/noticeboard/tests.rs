use std::fs;
use std::path::PathBuf;

use actix::Addr;
use tempfile::TempDir;

use super::*;

fn read(source: &Source) -> Result<Loaded, Mistakes> {
    let Source::File(file) = source else {
        panic!("{source}")
    };
    settings::load(Some(file), std::iter::empty())
}

/// A node's files, and its noticeboard.
struct House {
    folder: TempDir,
    board: Addr<Noticeboard>,
}

impl House {
    fn new(motd: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("motd.txt"), motd).unwrap();
        let source = Source::File(folder.path().join("conclave.toml"));
        settings_of(&folder, "");
        let Loaded { settings, .. } = read(&source).unwrap();
        let board = Noticeboard::reading(settings, source, read).start();
        Self { folder, board }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn motd(&self) -> Vec<String> {
        let told = self
            .board
            .send(Inquire(Inquiry::MessageOfTheDay))
            .await
            .unwrap();
        let Answer::MessageOfTheDay { lines } = told else {
            panic!("{told:?}")
        };
        lines.to_vec()
    }

    async fn rehash(&self) -> Rehash {
        let told = self.board.send(Inquire(Inquiry::Rehash)).await.unwrap();
        let Answer::Rehashed { source, outcome } = told else {
            panic!("{told:?}")
        };
        assert_eq!(source, self.file("conclave.toml").display().to_string());
        outcome
    }
}

fn settings_of(folder: &TempDir, more: &str) {
    let motd = folder.path().join("motd.txt");
    let text = format!("irc.motd = {:?}\n{more}", motd.to_str().unwrap());
    fs::write(folder.path().join("conclave.toml"), text).unwrap();
}

fn done(restart: &[&'static str]) -> Rehash {
    Rehash::Done {
        restart: restart.to_vec(),
        warnings: Vec::new(),
    }
}

#[actix::test]
async fn the_message_of_the_day_is_another_one_when_it_was_read_again() {
    let house = House::new("Be kind.\n");
    assert_eq!(house.motd().await, ["Be kind."]);
    fs::write(house.file("motd.txt"), "Be kind.\nStill.\n").unwrap();
    assert_eq!(house.motd().await, ["Be kind."]);
    assert_eq!(house.rehash().await, done(&[]));
    assert_eq!(house.motd().await, ["Be kind.", "Still."]);
}

#[actix::test]
async fn what_needs_a_start_is_told_as_long_as_it_was_not_started() {
    let house = House::new("");
    settings_of(
        &house.folder,
        "limits.rooms = 7\naccounts.bcrypt_cost = 4\n",
    );
    for _ in 0..2 {
        let Rehash::Done { restart, warnings } = house.rehash().await else {
            panic!("mistaken")
        };
        assert_eq!(restart, ["accounts.bcrypt_cost", "limits.rooms"]);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
    }
    settings_of(&house.folder, "");
    assert_eq!(house.rehash().await, done(&[]));
}

#[actix::test]
async fn settings_with_a_mistake_change_nothing() {
    let house = House::new("Be kind.");
    fs::write(house.file("motd.txt"), "Be quick.").unwrap();
    settings_of(&house.folder, "limits.roms = 7\n");
    let Rehash::Mistaken { mistakes } = house.rehash().await else {
        panic!("taken")
    };
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    assert!(mistakes[0].contains("limits.roms"), "{mistakes:?}");
    assert_eq!(house.motd().await, ["Be kind."]);
}
