//! What is asked of the server itself.

use redis::Value;

use super::{Arguments, Done, bulk, is, unknown};
use crate::bridge::redis::simulated::engine::{Engine, Role, Room};

pub(super) fn time(engine: &mut Engine, _: Arguments<'_>) -> Done {
    let now = engine.now();
    let words = [now.as_secs().to_string(), now.subsec_micros().to_string()];
    let words = words.map(|word| Value::BulkString(word.into_bytes()));
    Ok(Value::Array(words.into()))
}

pub(super) fn ping(_: &mut Engine, _: Arguments<'_>) -> Done {
    Ok(Value::SimpleString("PONG".to_owned()))
}

/// How many heard it is not known here.
pub(super) fn publish(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    engine.publish(arguments[0], arguments[1]);
    Ok(Value::Int(0))
}

pub(super) fn info(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let told = match arguments {
        [section] if is(section, "server") => {
            let (version, run) = (engine.version.word(), &engine.run_id);
            format!("# Server\r\nredis_version:{version}\r\nrun_id:{run}\r\n")
        }
        [section] if is(section, "memory") => {
            format!("# Memory\r\nmaxmemory_policy:{}\r\n", engine.policy)
        }
        _ => panic!("INFO is simulated for server and memory, each by itself"),
    };
    Ok(Value::BulkString(told.into_bytes()))
}

/// Whoever asks is always the same, and whom it kills was not there.
pub(super) fn client(_: &mut Engine, arguments: Arguments<'_>) -> Done {
    match arguments {
        [option] if is(option, "INFO") => Ok(bulk(b"id=1 addr=127.0.0.1:1 laddr=127.0.0.1:2\n")),
        [option, ..] if is(option, "KILL") => Ok(Value::Int(0)),
        _ => unknown("CLIENT", arguments[0]),
    }
}

/// A bound on the memory, unless it is 0, is below what is used.
pub(super) fn config(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    match arguments {
        [set, name, value] if is(set, "SET") && is(name, "maxmemory") => {
            engine.room = match *value {
                b"0" => Room::Enough,
                _ => Room::None,
            };
        }
        [set, name, value] if is(set, "SET") && is(name, "maxmemory-policy") => {
            engine.policy = String::from_utf8_lossy(value).into_owned();
        }
        _ => unknown("CONFIG", arguments[0]),
    }
    Ok(Value::Okay)
}

/// A replica follows nobody here: it only takes no writes.
pub(super) fn replicate(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    engine.role = match arguments {
        [no, one] if is(no, "NO") && is(one, "ONE") => Role::Primary,
        _ => Role::Replica,
    };
    Ok(Value::Okay)
}
