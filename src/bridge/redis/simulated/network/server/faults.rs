//! What goes wrong with it, and what it forgets.

use super::*;

/// What goes wrong.
impl Server {
    /// Nothing passes on a node's way in this direction; neither end learns of it.
    pub(crate) fn stop(&mut self, node: usize, up: Flow, down: Flow) {
        let route = &mut self.routes[node];
        for (was, now) in [(&mut route.up, up), (&mut route.down, down)] {
            match now {
                Flow::Runs => {}
                Flow::Stops => *was = now,
            }
        }
    }

    /// A node's way is as it was: what was held up arrives. What is held up for long is sent again
    /// seldom, so what was on its way to the server may be there much later than what comes now.
    pub(crate) fn heal(&mut self, node: usize) {
        let route = &mut self.routes[node];
        (route.up, route.down, route.refuses) = (Flow::Runs, Flow::Runs, false);
        route.hanging.clear();
        let now = Instant::now();
        let mut passes = Vec::new();
        for (&line, there) in self.lines.iter_mut().filter(|(_, line)| line.node == node) {
            // A line that is late from before does not become earlier.
            there.not_before = there.not_before.max(now + lateness(&mut self.dice));
            passes.push(Happening::Asked { line });
            let answered = there.held_down.drain(..);
            passes.extend(answered.map(|values| Happening::Answered { line, values }));
        }
        for (&ear, there) in self.ears.iter_mut().filter(|(_, ear)| ear.node == node) {
            let heard = there.held.drain(..);
            passes.extend(heard.map(|payload| Happening::Heard { ear, payload }));
        }
        for what in passes {
            self.happens(what);
        }
    }

    /// Every connection of a node is reset, and it can have no other before it is healed.
    pub(crate) fn refuse(&mut self, node: usize, under_way: UnderWay) {
        self.routes[node].refuses = true;
        self.reset(node, under_way);
    }

    /// Every connection of a node is reset.
    pub(crate) fn reset(&mut self, node: usize, under_way: UnderWay) {
        for line in self.lines.values_mut().filter(|line| line.node == node) {
            line.reset(under_way);
        }
        self.ears.retain(|_, ear| ear.node != node);
    }

    /// How well the channel passes on from now on.
    pub(crate) fn hear(&mut self, hearing: Hearing) {
        self.hearing = hearing;
    }

    /// The ears are closed, and nothing else.
    pub(crate) fn deafen(&mut self) {
        self.ears.clear();
    }

    /// The process ends.
    pub(crate) fn power_off(&mut self) {
        self.power = Power::Off;
        self.lines.clear();
        self.ears.clear();
    }

    /// It is started, on what is kept; a restart has another run id.
    pub(crate) fn power_on(&mut self, kept: Snapshot, run_id: &str) {
        // Who is connected to the one before is cut off.
        self.power_off();
        self.power = Power::On;
        self.store.restarted(kept.data, run_id);
        self.journal.is_taken_back(kept.log);
    }

    /// All that it holds now.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            data: self.store.data().clone(),
            log: self.journal.chain().to_vec(),
        }
    }

    /// Its clock jumps forwards.
    pub(crate) fn jump_ahead(&mut self, by: Duration) {
        self.ahead += by;
    }

    /// Its clock jumps backwards.
    pub(crate) fn jump_back(&mut self, by: Duration) {
        self.behind += by;
    }

    /// The log is cut to so many entries.
    pub(crate) fn trim(&mut self, entries: usize) {
        self.look(&["XTRIM", "log", "MAXLEN", &entries.to_string()]);
    }
}
