//! What a script sees of the server, as Lua 5.1 sees it in a real one.

use std::collections::BTreeMap;
use std::mem;

use mlua::{Either, Function, Lua, LuaOptions, LuaString, MultiValue, StdLib, Table};
use redis::{Script, Value};

use super::commands::{self, Does};
use super::engine::{Engine, Failure};

/// What stands around every script; there are no globals but those that are here.
const PRELUDE: &str = "
local call, pcall, sha1hex, blame = ...
KEYS = {}
redis = {call = call, pcall = pcall, sha1hex = sha1hex}
function redis.error_reply(why)
  if string.sub(why, 1, 1) == '-' then why = string.sub(why, 2) end
  if not string.find(why, ' ', 1, true) then why = 'ERR ' .. why end
  return {err = why}
end
function redis.status_reply(word) return {ok = word} end
local function unknown(_, name)
  error('Script attempted to access nonexistent global variable \\'' .. tostring(name) .. '\\'', 2)
end
local function fixed() error('Attempt to modify a readonly table', 2) end
setmetatable(_G, {__index = unknown, __newindex = fixed})
return function(script) return xpcall(script, blame) end
";

/// How a script is called in what is told about it.
const CHUNK: &str = "@user_script";

/// Numbers from here on are not spelled as whole ones.
const SPELLED_WHOLE: f64 = 1e17;

/// What has to be true for Lua to fail where we do not expect it to.
const WORKS: &str = "Lua has memory enough";

#[derive(Debug)]
struct Compiled {
    /// What it may do, as its first line says.
    does: Does,
    function: Function,
}

/// What a running script works on.
struct Running {
    engine: Engine,
    does: Does,
}

/// Lua, and the scripts that were loaded.
#[derive(Debug)]
pub(super) struct Interpreter {
    lua: Lua,
    /// Runs a script: whether it ended well, and its reply.
    run: Function,
    scripts: BTreeMap<String, Compiled>,
}

impl Interpreter {
    pub(super) fn new() -> Self {
        // What is not simulated must end the test, not the script.
        let options = LuaOptions::new().catch_rust_panics(false);
        let libraries = StdLib::STRING | StdLib::TABLE | StdLib::MATH;
        let lua = Lua::new_with(libraries, options).expect(WORKS);
        let run = prepared(&lua).expect(WORKS);
        Self {
            lua,
            run,
            scripts: BTreeMap::new(),
        }
    }

    /// Compiles a script; its hash.
    pub(super) fn load(&mut self, text: &[u8]) -> Result<String, Failure> {
        let text = str::from_utf8(text).expect("scripts are in UTF-8");
        let sha = Script::new(text).get_hash().to_owned();
        if self.scripts.contains_key(&sha) {
            return Ok(sha);
        }
        let does = match text.lines().next() {
            Some("#!lua") => Does::Grow,
            Some("#!lua flags=allow-oom") => Does::Write,
            Some("#!lua flags=no-writes") => Does::Read,
            first => panic!("a script is not simulated that begins with {first:?}"),
        };
        // The line's end stays, so that lines are counted as they are written.
        let body = text.find('\n').map_or("", |end| &text[end..]);
        let chunk = self.lua.load(body).set_name(CHUNK);
        let function = chunk.into_function().map_err(|error| {
            Failure::new(&format!("Error compiling script (new function): {error}"))
        })?;
        self.scripts
            .insert(sha.clone(), Compiled { does, function });
        Ok(sha)
    }

    /// Forgets all scripts.
    pub(super) fn forget(&mut self) {
        self.scripts.clear();
    }

    /// Runs a script on a server. What it wrote before it failed stays written.
    pub(super) fn run(
        &self,
        engine: &mut Engine,
        sha: &[u8],
        arguments: &[&[u8]],
    ) -> Result<Value, Failure> {
        let sha = String::from_utf8_lossy(sha).to_ascii_lowercase();
        let Some(script) = self.scripts.get(&sha) else {
            let why = "NOSCRIPT No matching script. Please use EVAL.";
            return Err(Failure(why.to_owned()));
        };
        let does = script.does;
        engine.allows(does)?;
        self.give(arguments).expect(WORKS);
        let engine_of_it = mem::take(engine);
        self.lua.set_app_data(Running {
            engine: engine_of_it,
            does,
        });
        let ended = self.run.call::<(bool, mlua::Value)>(&script.function);
        let running = self.lua.remove_app_data::<Running>();
        *engine = running.expect("it was put there").engine;
        match ended {
            Ok((true, reply)) => Ok(reply_of(&reply).expect(WORKS)),
            Ok((false, blamed)) => Err(failure_of(&sha, &blamed).expect(WORKS)),
            Err(error) => panic!("a script cannot be run: {error}"),
        }
    }

    fn give(&self, words: &[&[u8]]) -> mlua::Result<()> {
        let words = words.iter().map(|word| match str::from_utf8(word) {
            Ok(word) => Either::Left(word),
            Err(_) => Either::Right(LuaString::wrap(*word)),
        });
        let words = self.lua.create_sequence_from(words)?;
        self.lua.globals().raw_set("ARGV", words)
    }
}

fn prepared(lua: &Lua) -> mlua::Result<Function> {
    let call = lua.create_function(|lua, words: MultiValue| match perform(lua, &words)? {
        Ok(reply) => Ok(reply),
        Err(failure) => Err(mlua::Error::external(failure)),
    })?;
    let pcall = lua.create_function(|lua, words: MultiValue| match perform(lua, &words)? {
        Ok(reply) => Ok(reply),
        Err(failure) => error_of(lua, &failure).map(Either::Right),
    })?;
    let sha1hex =
        lua.create_function(|_, text: String| Ok(Script::new(&text).get_hash().to_owned()))?;
    let blame = lua.create_function(|lua, error: mlua::Value| blame(lua, error))?;
    lua.load(PRELUDE)
        .set_name("=prelude")
        .call((call, pcall, sha1hex, blame))
}

/// One command of a script, and how it ends.
fn perform(lua: &Lua, words: &MultiValue) -> mlua::Result<Result<Seen, Failure>> {
    let words = words.iter().map(word_of).collect::<Vec<_>>();
    let words = words.iter().map(Vec::as_slice).collect::<Vec<_>>();
    let done = {
        let running = lua.app_data_mut::<Running>();
        let mut running = running.expect("a script runs on a server");
        let command = commands::find(words[0]);
        match (command.takes(words.len()), running.does, command.does) {
            (false, _, _) => Err(Failure::new(
                "Wrong number of args calling Redis command from script",
            )),
            (true, Does::Read, Does::Write | Does::Grow) => Err(Failure::new(
                "Write commands are not allowed from read-only scripts.",
            )),
            (true, Does::Read, Does::Read) | (true, Does::Write | Does::Grow, _) => {
                running.engine.perform(command, &words)
            }
        }
    };
    match done {
        Ok(reply) => Ok(Ok(seen(lua, reply)?)),
        Err(failure) => Ok(Err(failure)),
    }
}

fn error_of(lua: &Lua, failure: &Failure) -> mlua::Result<mlua::Value> {
    let told = lua.create_table_with_capacity(0, 1)?;
    told.raw_set("err", failure.0.as_str())?;
    Ok(mlua::Value::Table(told))
}

fn word_of(value: &mlua::Value) -> Vec<u8> {
    match value {
        mlua::Value::String(word) => word.as_bytes().to_vec(),
        mlua::Value::Integer(number) if (*number as f64).abs() < SPELLED_WHOLE => {
            number.to_string().into_bytes()
        }
        other => panic!("a script calls a command with {other:?}"),
    }
}

/// What a script sees of a reply; texts, which most are, need no detour.
type Seen = Either<String, mlua::Value>;

fn seen(lua: &Lua, reply: Value) -> mlua::Result<Seen> {
    let status = |word: &str| -> mlua::Result<mlua::Value> {
        let status = lua.create_table_with_capacity(0, 1)?;
        status.raw_set("ok", word)?;
        Ok(mlua::Value::Table(status))
    };
    let value = match reply {
        Value::BulkString(bytes) => match String::from_utf8(bytes) {
            Ok(text) => return Ok(Either::Left(text)),
            Err(other) => mlua::Value::String(lua.create_string(other.as_bytes())?),
        },
        Value::Nil => mlua::Value::Boolean(false),
        Value::Int(number) => mlua::Value::Number(number as f64),
        Value::Okay => status("OK")?,
        Value::SimpleString(word) => status(&word)?,
        Value::Array(replies) => {
            let values = replies.into_iter().map(|reply| seen(lua, reply));
            let values = values.collect::<mlua::Result<Vec<_>>>()?;
            mlua::Value::Table(lua.create_sequence_from(values)?)
        }
        other => panic!("no command is answered with {other:?}"),
    };
    Ok(Either::Right(value))
}

/// What a client sees of a script's reply.
fn reply_of(value: &mlua::Value) -> mlua::Result<Value> {
    Ok(match value {
        mlua::Value::Nil | mlua::Value::Boolean(false) => Value::Nil,
        mlua::Value::Boolean(true) => Value::Int(1),
        mlua::Value::Integer(number) => Value::Int(*number),
        mlua::Value::Number(number) => Value::Int(*number as i64),
        mlua::Value::String(word) => Value::BulkString(word.as_bytes().to_vec()),
        mlua::Value::Table(table) => reply_of_table(table)?,
        other => panic!("a script is answered with {other:?}"),
    })
}

fn reply_of_table(table: &Table) -> mlua::Result<Value> {
    if let Some(why) = table.raw_get::<Option<String>>("err")? {
        return Ok(Failure(why).into_reply());
    }
    if let Some(word) = table.raw_get::<Option<String>>("ok")? {
        return Ok(match word.as_str() {
            "OK" => Value::Okay,
            _ => Value::SimpleString(word),
        });
    }
    let mut replies = Vec::with_capacity(table.raw_len());
    // It ends at its first hole.
    loop {
        match table.raw_get(replies.len() + 1)? {
            mlua::Value::Nil => return Ok(Value::Array(replies)),
            value => replies.push(reply_of(&value)?),
        }
    }
}

// ── errors ──────────────────────────────────────────────────────────────────────────────────

/// An error as a table, with the line of the script where it came up.
fn blame(lua: &Lua, error: mlua::Value) -> mlua::Result<mlua::Value> {
    let blamed = match &error {
        mlua::Value::Table(_) => error,
        mlua::Value::String(why) => error_of(lua, &Failure::new(&why.to_string_lossy()))?,
        mlua::Value::Error(of_call) => match of_call.downcast_ref::<Failure>() {
            Some(failure) => error_of(lua, failure)?,
            None => return Ok(error),
        },
        other => panic!("a script fails with {other:?}"),
    };
    if let (mlua::Value::Table(blamed), Some(line)) = (&blamed, line(lua)) {
        blamed.raw_set("line", line)?;
    }
    Ok(blamed)
}

/// The line of the script that runs.
fn line(lua: &Lua) -> Option<usize> {
    let mut level = 0;
    loop {
        let line = lua.inspect_stack(level, |called| {
            let is_of_script = called.source().source.as_deref() == Some(CHUNK);
            called.current_line().filter(|_| is_of_script)
        })?;
        if line.is_some() {
            return line;
        }
        level += 1;
    }
}

fn failure_of(sha: &str, blamed: &mlua::Value) -> mlua::Result<Failure> {
    let mlua::Value::Table(blamed) = blamed else {
        panic!("a script fails with {blamed:?}")
    };
    let why: String = blamed.raw_get("err")?;
    let line = blamed.raw_get::<Option<usize>>("line")?;
    let place = line.map(|line| format!(" script: {sha}, on {CHUNK}:{line}."));
    Ok(Failure(why + &place.unwrap_or_default()))
}
