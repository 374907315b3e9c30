//! Durations and sizes as people write them: a whole number and its unit, `30s` or `64KiB`.

/// Units of time in milliseconds, the largest first.
const TIME: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// Units of size in bytes, the largest first.
const BYTES: [(&str, u64); 3] = [("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// Milliseconds of a duration such as `30s`; `None` when it is not one or does not fit.
#[must_use]
pub fn read_duration(written: &str) -> Option<u64> {
    read(written, &TIME)
}

/// Bytes of a size such as `64KiB`; `None` when it is not one or does not fit.
pub(super) fn read_size(written: &str) -> Option<u64> {
    read(written, &BYTES)
}

/// A duration in its largest unit that leaves no rest.
pub(super) fn show_duration(milliseconds: u64) -> String {
    show(milliseconds, &TIME, "0s")
}

/// A size in its largest unit that leaves no rest.
pub(super) fn show_size(bytes: u64) -> String {
    show(bytes, &BYTES, "0B")
}

fn read(written: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = written.split_at(digits);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

fn show(value: u64, units: &[(&str, u64)], zero: &str) -> String {
    let exact = |(_, factor): &&(&str, u64)| value > 0 && value.is_multiple_of(*factor);
    units.iter().find(exact).map_or_else(
        || zero.to_owned(),
        |(unit, factor)| format!("{}{unit}", value / factor),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_unit_is_read() {
        for (written, milliseconds) in [
            ("0s", 0),
            ("250ms", 250),
            ("10s", 10_000),
            ("15m", 900_000),
            ("2h", 7_200_000),
            ("30d", 2_592_000_000),
        ] {
            assert_eq!(read_duration(written), Some(milliseconds), "{written}");
        }
        for (written, bytes) in [("1B", 1), ("64KiB", 65_536), ("3MiB", 3_145_728)] {
            assert_eq!(read_size(written), Some(bytes), "{written}");
        }
    }

    #[test]
    fn what_could_be_misread_is_not_read() {
        for bad in [
            "", "10", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1sec", "1m30s",
        ] {
            assert_eq!(read_duration(bad), None, "{bad:?}");
        }
        for bad in ["", "10", "1KB", "1kib", "1K", "1GiB", "\u{661}B", "0x1B"] {
            assert_eq!(read_size(bad), None, "{bad:?}");
        }
        assert_eq!(read_duration("213503982335d"), None, "more than fits");
        assert_eq!(read_size("99999999999999999999B"), None, "more than fits");
    }

    proptest! {
        #[test]
        fn a_shown_duration_is_read_back(milliseconds in any::<u64>()) {
            prop_assert_eq!(read_duration(&show_duration(milliseconds)), Some(milliseconds));
        }

        #[test]
        fn a_shown_size_is_read_back(bytes in any::<u64>()) {
            prop_assert_eq!(read_size(&show_size(bytes)), Some(bytes));
        }

        #[test]
        fn round_numbers_are_shown_in_their_unit(number in 1u64..24, unit in 0usize..TIME.len()) {
            let (name, factor) = TIME[unit];
            prop_assert_eq!(show_duration(number * factor), format!("{number}{name}"));
        }

        #[test]
        fn no_input_panics(written in any::<String>()) {
            let _ = (read_duration(&written), read_size(&written));
        }
    }
}
