//! What a test has in hand: a server that is called, stopped, and started on other data.

use std::time::Duration;

use redis::{Arg, Cmd, Pipeline, Value};

use super::data::Data;
use super::engine::{Engine, Failure, Published, Version};
use super::lua::Interpreter;

/// A Redis in memory. It has no clock and no connections: whoever calls it says what time it is.
#[derive(Debug)]
pub(crate) struct Store {
    engine: Engine,
    lua: Interpreter,
}

impl Store {
    /// A server with nothing in it. By its run id a node sees whether it is another one.
    pub(crate) fn new(run_id: &str) -> Self {
        Self::like(Version::default(), run_id)
    }

    /// The same of another version.
    pub(crate) fn like(version: Version, run_id: &str) -> Self {
        Self {
            engine: Engine::new(version, run_id, Data::default()),
            lua: Interpreter::new(),
        }
    }

    /// Executes one command; an error is a [`Value::ServerError`]. `now` is the time of the
    /// server's clock since the Unix epoch, and may go backwards as a clock does.
    ///
    /// # Panics
    /// At a command or an option that it does not know.
    pub(crate) fn call(&mut self, now: Duration, words: &[&[u8]]) -> Value {
        self.engine.turn_clock(now);
        self.execute(words).unwrap_or_else(Failure::into_reply)
    }

    /// The same for a command of the crate.
    pub(crate) fn ask(&mut self, now: Duration, command: &Cmd) -> Value {
        let words = command.args_iter().map(|word| match word {
            Arg::Simple(word) => word,
            _ => panic!("a cursor is an argument of its own"),
        });
        self.call(now, &words.collect::<Vec<_>>())
    }

    /// Executes the commands of a pipeline in order, all at the same time.
    pub(crate) fn run(&mut self, now: Duration, pipeline: &Pipeline) -> Vec<Value> {
        let commands = pipeline.cmd_iter();
        commands.map(|command| self.ask(now, command)).collect()
    }

    /// What was published since this was called last, in order.
    pub(crate) fn published(&mut self) -> Vec<Published> {
        self.engine.take_published()
    }

    /// All that it holds: cloned, a snapshot to start on again.
    pub(crate) fn data(&self) -> &Data {
        self.engine.data()
    }

    /// Starts it again: with its own data, none, or those of a while ago. A restart, and a replica
    /// in its place, have another run id. It knows no script any more.
    pub(crate) fn restarted(&mut self, data: Data, run_id: &str) {
        self.engine = Engine::new(self.engine.version, run_id, data);
        self.lua.forget();
    }

    fn execute(&mut self, words: &[&[u8]]) -> Result<Value, Failure> {
        let (name, arguments) = words.split_first().expect("a command has a name");
        if name.eq_ignore_ascii_case(b"EVALSHA") {
            self.evaluate(arguments)
        } else if name.eq_ignore_ascii_case(b"SCRIPT") {
            self.script(arguments)
        } else {
            self.engine.execute(words)
        }
    }

    fn script(&mut self, arguments: &[&[u8]]) -> Result<Value, Failure> {
        match arguments {
            [load, text] if load.eq_ignore_ascii_case(b"LOAD") => {
                let sha = self.lua.load(text)?;
                Ok(Value::BulkString(sha.into_bytes()))
            }
            [flush] if flush.eq_ignore_ascii_case(b"FLUSH") => {
                self.lua.forget();
                Ok(Value::Okay)
            }
            _ => panic!("SCRIPT is not simulated with {}", arguments.len()),
        }
    }

    fn evaluate(&mut self, arguments: &[&[u8]]) -> Result<Value, Failure> {
        let [sha, b"0", arguments @ ..] = arguments else {
            panic!("EVALSHA is simulated without keys only")
        };
        self.lua.run(&mut self.engine, sha, arguments)
    }
}
