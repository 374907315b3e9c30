//! Up to where somebody has read. <https://ircv3.net/specs/extensions/read-marker>

use super::play::{answered, play};

#[test]
fn it_is_asked_for_and_said() {
    play(
        "",
        &[
            "> MARKREAD #Den",
            "* WhatIsRead { of: Room { room: Den } }",
            "! read *",
            "< MARKREAD #Den *",
            "> MARKREAD ben",
            "* WhatIsRead { of: Person { user: ben } }",
            "! read 1500",
            "< MARKREAD ben timestamp=1970-01-01T00:00:01.500Z",
            "> MARKREAD ben timestamp=2019-01-04T14:33:26.123Z",
            "* Read { of: Person { user: ben }, upto: Timestamp(1546612406123) }",
            "! read 1546612406124",
            "< MARKREAD ben timestamp=2019-01-04T14:33:26.124Z",
            "> MARKREAD ben",
            "* WhatIsRead { of: Person { user: ben } }",
            "! busy",
            "< FAIL MARKREAD INTERNAL_ERROR ben :Try again later",
        ],
    );
}

#[test]
fn it_is_told_between_the_join_and_the_end_of_the_names() {
    play(
        "draft/read-marker draft/chathistory",
        &[
            "> JOIN #den",
            "* Enter { room: den, key: None }",
            "! entered den",
            "< :anna!anna@conclave JOIN #den",
            "* Topic { room: Room(den) }",
            "! topic den",
            "* WhatIsRead { of: Room { room: den } }",
            "! read *",
            "< MARKREAD #den *",
            "* Who { room: Room(den) }",
            "! members den anna",
            "< 353 anna = #den anna",
            "< 366 anna #den :End of NAMES list",
        ],
    );
}

#[test]
fn what_means_nothing_fails() {
    for (line, failed) in [
        ("MARKREAD", "NEED_MORE_PARAMS :Missing parameters"),
        ("MARKREAD :", "NEED_MORE_PARAMS :Missing parameters"),
        ("MARKREAD #", "INVALID_PARAMS # :Invalid parameters"),
        (
            "MARKREAD #den *",
            "INVALID_PARAMS #den * :Invalid parameters",
        ),
        (
            "MARKREAD #den timestamp=now",
            "INVALID_PARAMS #den timestamp=now :Invalid parameters",
        ),
    ] {
        assert_eq!(
            answered(line),
            [format!("FAIL MARKREAD {failed}")],
            "{line}"
        );
    }
}
