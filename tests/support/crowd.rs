//! Many people who talk over both nodes of a cluster, and whoever one of them loses is back by
//! itself. `conclave load` is the referee.

use std::time::Duration;

use serde_json::Value;

use super::eventually;
use super::node::Node;
use super::program::Program;

/// A run of `conclave load`.
pub(crate) struct Crowd {
    load: Program,
    /// How long it talks.
    time: Duration,
}

impl Crowd {
    /// So many people for so long, all of whom are in.
    pub(crate) async fn talks(nodes: [&Node; 2], people: usize, time: Duration) -> Self {
        let logged_in = || {
            let times = |node: &Node| node.home.log().matches("logged in").count();
            nodes.into_iter().map(times).sum::<usize>()
        };
        let before = logged_in();
        let home = &nodes[0].home;
        let mut command = home.bare_command(&["load"]);
        command.env("XDG_CONFIG_HOME", home.path("config"));
        command.args(nodes.map(|node| node.address.to_string()));
        command.args(["--users", &people.to_string(), "--rooms", "6"]);
        command.args(["--rate", "60", "--json"]);
        command.args(["--duration", &format!("{}s", time.as_secs())]);
        let mut load = Program::start(command);
        for _ in nodes {
            load.notes("conclave: first time at 127.0.0.1:").await;
        }
        eventually("everybody to be in", || logged_in() >= before + people).await;
        Self { load, time }
    }

    /// The referee saw nothing that should not be, and nobody was told of a gap.
    pub(crate) async fn is_content(&mut self) {
        let told = self.is_told_the_truth().await;
        assert_eq!(told["announced"], 0, "{told:#}");
    }

    /// The referee saw nothing that should not be, gaps apart that were announced.
    pub(crate) async fn is_told_the_truth(&mut self) -> Value {
        let said = self.load.speaks_out_behind(self.time).await.join("\n");
        let code = self.load.ends().await.code();
        assert_eq!(code, Some(0), "{said}");
        let told: Value = serde_json::from_str(&said).unwrap();
        let faults = ["lost", "repeated", "reordered", "false"];
        let faults = faults.map(|what| told[what].as_u64());
        assert_eq!(faults, [Some(0); 4], "{told:#}");
        println!(
            "{} acknowledged, {} announced to be lost, endings {}",
            told["acknowledged"], told["announced"], told["endings"]
        );
        told
    }
}
