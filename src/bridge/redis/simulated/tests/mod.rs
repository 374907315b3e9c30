//! That it is a Redis.

use std::time::Duration;

use redis::Value;

use super::Store;

/// A time to begin at.
const NOW: Duration = Duration::from_secs(1_763_850_000);

#[test]
fn a_command_is_answered() {
    let mut store = Store::new("run");
    assert_eq!(store.call(NOW, &[b"SET", b"a", b"1"]), Value::Okay);
}
