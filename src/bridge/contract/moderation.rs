//! Sentences 31 to 33: what holds of rooms, who has a rank in them, who is kept out.

use super::Subject;
use super::programs::extras;
use super::words::{
    entered, entering, entering_too, follow, leaving, listed, members, moving, nick, no_room,
    not_in, position, release, room_named, rooms, rooms_named, say, set_topic, shown, tagging,
    text, topic, user, went_in, who_is, wrong_key,
};
use super::world::{Caller, World};
use crate::bridge::changes;
use crate::chat::answer::Presence;
use crate::chat::event::{Departure, Privacy};
use crate::chat::extras::Speaker;
use crate::chat::history::Conversation;
use crate::chat::limits::LISTED_MOST;
use crate::chat::modes::{Flags, List, ModeWish, Rank, Ranks, RoomModes, Switch};
use crate::chat::permission::Denial;
use crate::chat::{Answer, Deed, Refusal, Secret};
use crate::messages::{ModerationRequest, Request};

/// Wishes as they are written down, but for a key, which stands behind its letter.
fn wish(word: &str) -> ModeWish {
    use crate::chat::modes::ModeChange as Change;
    if let Some(key) = word.strip_prefix("+k ") {
        let key = Secret::new(key);
        return ModeWish::Lock { key };
    }
    match changes::read(word).unwrap_or_else(|| panic!("{word}")) {
        Change::Flag { flag, to } => ModeWish::Flag { flag, to },
        Change::Key { .. } => ModeWish::Unlock,
        Change::Limit { most } => ModeWish::Limit { most },
        Change::Unlimited => ModeWish::Unlimited,
        Change::Rank { user, rank, to } => ModeWish::Rank { user, rank, to },
        Change::Listed { list, mask, to } => ModeWish::Listed { list, mask, to },
    }
}

pub(super) fn change(room: &str, words: &[&str]) -> Request {
    Request::Moderation(ModerationRequest::Change {
        room: room_named(room),
        wishes: words.iter().map(|word| wish(word)).collect(),
    })
}

pub(super) fn kick(room: &str, name: &str, words: Option<&str>) -> Request {
    Request::Moderation(ModerationRequest::Kick {
        room: room_named(room),
        user: user(name),
        words: words.map(text),
    })
}

fn invite(room: &str, name: &str) -> Request {
    Request::Moderation(ModerationRequest::Invite {
        room: room_named(room),
        user: user(name),
    })
}

fn invitations() -> Request {
    Request::Moderation(ModerationRequest::Invitations)
}

fn modes(room: &str) -> Request {
    let room = room_named(room);
    Request::Moderation(ModerationRequest::Modes { room })
}

fn list(room: &str, list: List) -> Request {
    let room = room_named(room);
    Request::Moderation(ModerationRequest::List { room, list })
}

fn denied(room: &str, why: Denial) -> Refusal {
    why.about(room_named(room))
}

/// What became different, in words.
fn changed(answer: &Answer) -> Vec<String> {
    match answer {
        Answer::ModesChanged {
            changes, refused, ..
        } if refused.is_empty() => changes.iter().map(changes::word).collect(),
        other => panic!("{other:?}"),
    }
}

fn ranked(answer: &Answer) -> Vec<String> {
    match answer {
        Answer::Members { ranked, .. } => ranked
            .iter()
            .map(|(user, ranks)| format!("{} {user}", ranks.letters()))
            .collect(),
        other => panic!("{other:?}"),
    }
}

async fn holds(caller: &mut Caller, room: &str) -> RoomModes {
    match caller.done(modes(room)).await {
        Answer::Modes { modes, .. } => modes,
        other => panic!("{other:?}"),
    }
}

async fn masks(caller: &mut Caller, room: &str, which: List) -> Vec<String> {
    match caller.done(list(room, which)).await {
        Answer::ModeList { listed, .. } => listed
            .iter()
            .map(|one| format!("{} by {}", one.mask, one.by))
            .collect(),
        other => panic!("{other:?}"),
    }
}

async fn is_denied(caller: &mut Caller, request: Request, refusal: Refusal) {
    let asked = format!("{request:?}");
    caller.send_live(request);
    assert_eq!(caller.refused().await, refusal, "{asked}");
}

/// Alice, who made the den, and Bob, who is in it.
async fn two_in_the_den<S: Subject>(world: &mut World<S>) -> (Caller, Caller) {
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("Bob").await;
    alice.done(entering_too("Den")).await;
    bob.done(entering_too("den")).await;
    world.events().await;
    (alice, bob)
}

pub(in crate::bridge) async fn who_makes_a_room_is_its_operator<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("Bob").await;
    world.events().await;
    alice.done(entering_too("Den")).await;
    bob.done(entering_too("den")).await;
    let ranks = |event: &crate::chat::Event| match &event.deed {
        Deed::Entered { ranks, .. } => ranks.letters(),
        other => panic!("{other:?}"),
    };
    let events = world.events().await;
    let told: Vec<_> = events.iter().map(|event| ranks(event)).collect();
    assert_eq!(told, ["o", ""]);
    let in_den = bob.done(members("den")).await;
    assert_eq!(ranked(&in_den), ["o Alice"]);
    assert!(matches!(in_den, Answer::Members { flags, .. } if flags == Flags::of_new_room()));
    assert_eq!(ranked(&bob.done(members("lobby")).await), [""; 0]);
    let Answer::WhoIs {
        presence: Presence::Online { ranked, .. },
        ..
    } = bob.done(who_is("alice")).await
    else {
        panic!("she is there")
    };
    let operator = Ranks::default().with(Rank::Operator);
    assert_eq!(ranked, [(room_named("Den"), operator)]);
    let held = holds(&mut bob, "den").await;
    assert_eq!((held.key, held.limit), (Switch::Off, None));
    assert!(held.made.is_some());
    assert_eq!(holds(&mut bob, "lobby").await.flags, Flags::default());
}

pub(in crate::bridge) async fn what_takes_a_rank_is_denied_without<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut alice, mut bob) = two_in_the_den(&mut world).await;
    let operator = || denied("Den", Denial::NotOperator);
    alice.done(change("den", &["+t"])).await;
    alice.done(set_topic("den", "chess")).await;
    world.events().await;
    for request in [
        set_topic("den", "tea"),
        set_topic("den", "chess"),
        kick("den", "alice", None),
        change("den", &["+m"]),
        change("den", &["+k key", "+l 3", "+b alice!*@*"]),
        change("den", &["+o bob"]),
        list("den", List::BanExceptions),
    ] {
        is_denied(&mut bob, request, operator()).await;
    }
    assert_eq!(world.events().await, [], "nothing was changed");
    alice.done(change("den", &["+i", "+m", "-t"])).await;
    is_denied(&mut bob, say("den", "hi"), denied("Den", Denial::Moderated)).await;
    is_denied(&mut bob, invite("den", "Alice"), operator()).await;
    assert!(matches!(
        bob.done(set_topic("den", "tea")).await,
        Answer::Topic { .. }
    ));
    alice.done(change("den", &["+v bob"])).await;
    position(&bob.done(say("den", "hi")).await);
    is_denied(&mut bob, change("den", &["-m"]), operator()).await;
    alice.done(change("den", &["+o bob", "-o alice"])).await;
    is_denied(&mut alice, change("den", &["-m"]), operator()).await;
    assert_eq!(changed(&bob.done(change("den", &["-m"])).await), ["-m"]);
    // In the lobby nobody has a rank, and who is outside has no say at all.
    is_denied(
        &mut bob,
        change("lobby", &["+i"]),
        denied("lobby", Denial::NotOperator),
    )
    .await;
    bob.done(leaving("den", None)).await;
    is_denied(&mut bob, change("den", &["+m"]), no_room("den")).await;
    alice.done(leaving("den", None)).await;
}

pub(in crate::bridge) async fn several_changes_are_one_event<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut alice, mut bob) = two_in_the_den(&mut world).await;
    let wanted = ["+m", "+k key", "+l 7", "+v bob", "+b Eve!*@*", "+b eve!*@*"];
    let done = ["+m", "+k", "+l 7", "+v Bob", "+b Eve!*@*"];
    assert_eq!(changed(&alice.done(change("den", &wanted)).await), done);
    let events = world.events().await;
    let told: Vec<_> = events
        .iter()
        .flat_map(|event| event.changes().iter().map(changes::word))
        .collect();
    assert_eq!((events.len(), told), (1, done.map(str::to_owned).to_vec()));
    let held = holds(&mut bob, "den").await;
    assert_eq!((held.key, held.limit), (Switch::On, Some(7)));
    assert_eq!(held.flags, Flags::of_letters("m"));
    for nothing in [
        "+m", "+k key", "+l 7", "+v bob", "+b EVE", "-i", "-e x", "-o bob",
    ] {
        assert_eq!(
            changed(&alice.done(change("den", &[nothing])).await),
            [""; 0]
        );
    }
    assert_eq!(world.events().await, [], "it was so already");
    let undone = ["-m", "-k", "-l", "-v Bob", "-b Eve!*@*"];
    let wanted = ["-m", "-k", "-l", "-v BOB", "-b eve"];
    assert_eq!(changed(&alice.done(change("den", &wanted)).await), undone);
    let held = holds(&mut bob, "den").await;
    assert_eq!((held.key, held.limit), (Switch::Off, None));
}

pub(in crate::bridge) async fn what_cannot_be_granted_leaves_the_rest<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut alice, _bob) = two_in_the_den(&mut world).await;
    world.account("Eve").await;
    let nobody = || Refusal::NoSuchUser {
        user: user("nobody"),
    };
    let not_there = || Refusal::NotThere {
        room: room_named("Den"),
        user: user("Eve"),
    };
    is_denied(&mut alice, change("den", &["+o nobody"]), nobody()).await;
    is_denied(
        &mut alice,
        change("den", &["+o eve", "+v eve"]),
        not_there(),
    )
    .await;
    let wanted = change("den", &["+o nobody", "+m", "+v eve", "-o nobody"]);
    let Answer::ModesChanged {
        changes, refused, ..
    } = alice.done(wanted).await
    else {
        panic!("the rest is done")
    };
    assert_eq!(
        changes.iter().map(changes::word).collect::<Vec<_>>(),
        ["+m"]
    );
    assert_eq!(refused, [nobody(), not_there()]);
    let long = "x".repeat(129);
    let too_long = change("den", &[&format!("+k {long}")]);
    alice.send_live(too_long);
    assert!(matches!(alice.refused().await, Refusal::KeyTooLong { .. }));
}

pub(in crate::bridge) async fn who_is_kicked_is_out_and_told_why<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut alice, mut bob) = two_in_the_den(&mut world).await;
    world.account("Eve").await;
    let kicked = Answer::Kicked {
        room: room_named("Den"),
        user: user("Bob"),
        words: Some(text("\"enough\"")),
    };
    let answer = alice.done(kick("den", "bob", Some("\"enough\""))).await;
    assert_eq!(shown(&answer), shown(&kicked));
    let deed = Deed::Left {
        room: room_named("Den"),
        user: user("Bob"),
        departure: Departure::Kicked {
            by: user("Alice"),
            words: Some(text("\"enough\"")),
        },
    };
    let events = world.events().await;
    assert_eq!(
        events.iter().map(|event| &event.deed).collect::<Vec<_>>(),
        [&deed]
    );
    is_denied(&mut bob, say("den", "hi"), not_in("den")).await;
    let not_there = Refusal::NotThere {
        room: room_named("Den"),
        user: user("Bob"),
    };
    is_denied(&mut alice, kick("den", "bob", None), not_there).await;
    let nobody = Refusal::NoSuchUser {
        user: user("nobody"),
    };
    is_denied(&mut alice, kick("den", "nobody", None), nobody).await;
    is_denied(&mut bob, kick("den", "alice", None), not_in("den")).await;
    is_denied(&mut bob, kick("cellar", "alice", None), no_room("cellar")).await;
    let lobby = denied("lobby", Denial::NotOperator);
    is_denied(&mut alice, kick("lobby", "bob", None), lobby).await;
    assert_eq!(
        went_in(&bob.done(entering_too("den")).await),
        entered("Den", 2)
    );
    alice.done(kick("den", "alice", None)).await;
    is_denied(&mut alice, say("den", "hi"), not_in("den")).await;
}

pub(in crate::bridge) async fn bans_keep_out_and_quiet<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut alice, mut bob) = two_in_the_den(&mut world).await;
    let mut carl = world.live("Carl").await;
    let banned = || denied("Den", Denial::Banned);
    alice
        .done(change("den", &["+b b?b!*@*", "+b *!CARL@conclave"]))
        .await;
    is_denied(&mut bob, say("den", "hi"), banned()).await;
    is_denied(&mut carl, entering_too("den"), banned()).await;
    is_denied(&mut carl, entering("lobby", "den", "key"), banned()).await;
    alice.done(change("den", &["+e carl", "+v bob"])).await;
    position(&bob.done(say("den", "hi")).await);
    assert_eq!(
        went_in(&carl.done(entering_too("den")).await),
        entered("Den", 3)
    );
    position(&carl.done(say("den", "hi")).await);
    let all = masks(&mut carl, "den", List::Bans).await;
    assert_eq!(all, ["*!CARL@conclave by Alice", "b?b!*@* by Alice"]);
    assert_eq!(
        masks(&mut alice, "den", List::BanExceptions).await,
        ["carl!*@* by Alice"]
    );
    alice
        .done(change("den", &["-e carl", "-b *!carl@CONCLAVE"]))
        .await;
    position(&carl.done(say("den", "hi")).await);
    let full = (1..LISTED_MOST).map(|n| format!("+b x{n}"));
    for words in full.collect::<Vec<_>>().chunks(20) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        alice.done(change("den", &words)).await;
    }
    let room = room_named("Den");
    is_denied(
        &mut alice,
        change("den", &["+b more"]),
        Refusal::ListFull { room },
    )
    .await;
    assert_eq!(
        changed(&alice.done(change("den", &["+I more"])).await),
        ["+I more!*@*"]
    );
}

pub(in crate::bridge) async fn bans_mean_accounts_or_only_keep_quiet<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut alice, mut bob) = two_in_the_den(&mut world).await;
    let (banned, muted) = (
        || denied("Den", Denial::Banned),
        || denied("Den", Denial::Muted),
    );
    bob.done(nick("Al")).await;
    let mut guest = world.caller();
    guest.claims("~bob.00ab/bobby").await;
    alice.done(change("den", &["+b ~A:BO?"])).await;
    is_denied(&mut bob, say("den", "hi"), banned()).await;
    bob.done(leaving("den", None)).await;
    is_denied(&mut bob, entering_too("den"), banned()).await;
    // Who has no account has none that is banned.
    guest.done(entering_too("den")).await;
    position(&guest.done(say("den", "hi")).await);
    // A ban that only keeps quiet keeps nobody out.
    alice
        .done(change("den", &["-b ~a:bo?", "+b ~m:b?b", "+b ~m:*!~*@*"]))
        .await;
    bob.done(entering_too("den")).await;
    is_denied(&mut bob, say("den", "hi"), muted()).await;
    is_denied(&mut guest, say("den", "hi"), muted()).await;
    let smile = || extras("+draft/react=:-)", Speaker::Person);
    let in_den = || Conversation::Room {
        room: room_named("den"),
    };
    is_denied(&mut bob, tagging(in_den(), smile()), muted()).await;
    // It is lifted by a rank, an exception, or one that only lets speak; that one lets nobody in.
    alice
        .done(change("den", &["+v bobby", "+e ~m:~a:bob"]))
        .await;
    position(&bob.done(say("den", "hi")).await);
    position(&guest.done(say("den", "hi")).await);
    alice.done(change("den", &["+b *!bob@*"])).await;
    position(&bob.done(say("den", "hi")).await);
    bob.done(leaving("den", None)).await;
    is_denied(&mut bob, entering_too("den"), banned()).await;
    alice.done(change("den", &["+e ~a:*"])).await;
    bob.done(entering_too("den")).await;
    alice
        .done(change("den", &["+i", "+I ~a:carl", "+I ~m:*"]))
        .await;
    let mut carl = world.live("Carl").await;
    carl.done(entering_too("den")).await;
    let mut eve = world.live("eve").await;
    let uninvited = denied("Den", Denial::Uninvited);
    is_denied(&mut eve, entering_too("den"), uninvited).await;
    let all = masks(&mut alice, "den", List::Bans).await;
    assert_eq!(
        all,
        [
            "~m:*!~*@* by Alice",
            "~m:b?b!*@* by Alice",
            "*!bob@* by Alice"
        ]
    );
}

pub(in crate::bridge) async fn a_room_lets_in_whom_it_should<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut alice, bob) = two_in_the_den(&mut world).await;
    let mut carl = world.live("Carl").await;
    alice.done(change("den", &["+l 2"])).await;
    is_denied(&mut carl, entering_too("den"), denied("Den", Denial::Full)).await;
    alice.done(change("den", &["+i", "-l"])).await;
    is_denied(
        &mut carl,
        entering_too("den"),
        denied("Den", Denial::Uninvited),
    )
    .await;
    alice.done(change("den", &["+I c*"])).await;
    assert_eq!(
        went_in(&carl.done(entering_too("den")).await),
        entered("Den", 3)
    );
    alice.done(kick("den", "carl", None)).await;
    alice.done(change("den", &["-i", "+k key"])).await;
    is_denied(&mut carl, entering_too("den"), wrong_key("Den")).await;
    is_denied(&mut carl, entering("lobby", "den", "kay"), wrong_key("Den")).await;
    assert_eq!(
        went_in(&carl.done(entering("lobby", "den", "key")).await),
        entered("Den", 3)
    );
    // Its operator comes in whatever else holds.
    alice.done(change("den", &["+i", "+l 1", "+b alice"])).await;
    alice.done(leaving("den", None)).await;
    is_denied(&mut alice, entering_too("den"), wrong_key("Den")).await;
    let with_key = entering("lobby", "den", "key");
    assert_eq!(went_in(&alice.done(with_key).await), entered("Den", 3));
    drop(bob);
}

pub(in crate::bridge) async fn who_is_invited_comes_in_once<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut alice, _bob) = two_in_the_den(&mut world).await;
    let mut carl = world.live("Carl").await;
    alice
        .done(change("den", &["+i", "+k key", "+l 1", "+b carl"]))
        .await;
    let invited = Answer::Invited {
        room: room_named("Den"),
        user: user("Carl"),
        away: None,
    };
    world.events().await;
    assert_eq!(
        shown(&alice.done(invite("DEN", "carl")).await),
        shown(&invited)
    );
    let events = world.events().await;
    let deed = Deed::Invited {
        room: room_named("Den"),
        by: user("Alice"),
        user: user("Carl"),
    };
    assert_eq!(
        events.iter().map(|event| &event.deed).collect::<Vec<_>>(),
        [&deed]
    );
    let to_den = Answer::Invitations {
        rooms: rooms_named(&["Den"]),
    };
    assert_eq!(carl.done(invitations()).await, to_den);
    assert_eq!(
        went_in(&carl.done(entering_too("den")).await),
        entered("Den", 3)
    );
    let nowhere = || Answer::Invitations { rooms: Vec::new() };
    assert_eq!(carl.done(invitations()).await, nowhere());
    carl.done(leaving("den", None)).await;
    is_denied(
        &mut carl,
        entering_too("den"),
        denied("Den", Denial::Banned),
    )
    .await;
}

pub(in crate::bridge) async fn an_invitation_opens_nothing_of_who_may_not<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut alice, mut bob) = two_in_the_den(&mut world).await;
    let mut carl = world.live("Carl").await;
    world.account("Eve").await;
    let there = Refusal::ThereAlready {
        room: room_named("Den"),
        user: user("Bob"),
    };
    is_denied(&mut alice, invite("den", "bob"), there).await;
    let offline = Refusal::Offline { user: user("Eve") };
    is_denied(&mut alice, invite("den", "eve"), offline).await;
    is_denied(&mut carl, invite("den", "bob"), not_in("den")).await;
    // Who is no operator can say it too, but opens nothing by it.
    alice.done(change("den", &["+b carl"])).await;
    bob.done(invite("den", "carl")).await;
    let nowhere = Answer::Invitations { rooms: Vec::new() };
    assert_eq!(carl.done(invitations()).await, nowhere);
    is_denied(
        &mut carl,
        entering_too("den"),
        denied("Den", Denial::Banned),
    )
    .await;
}

pub(in crate::bridge) async fn ranks_are_kept_as_long_as_the_room<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut alice, bob) = two_in_the_den(&mut world).await;
    alice.done(say("den", "kept")).await;
    alice.done(change("den", &["+v bob", "+b eve"])).await;
    alice.done(leaving("den", None)).await;
    bob.send(release("bob"));
    world.events().await;
    alice.done(entering_too("den")).await;
    let events = world.events().await;
    assert!(matches!(
        &events[..],
        [event] if matches!(&event.deed, Deed::Entered { ranks, .. } if ranks.letters() == "o")
    ));
    let mut bob = world.caller();
    bob.claims("Bob").await;
    bob.done(entering_too("den")).await;
    assert_eq!(
        ranked(&bob.done(members("den")).await),
        ["o Alice", "v Bob"]
    );
    // A room of which nothing is left forgets all.
    alice.done(entering_too("attic")).await;
    alice.done(change("attic", &["+m", "+b bob", "+l 3"])).await;
    alice.done(invite("attic", "bob")).await;
    alice.done(leaving("attic", None)).await;
    let none = Answer::Invitations { rooms: Vec::new() };
    assert_eq!(bob.done(invitations()).await, none);
    assert_eq!(
        went_in(&bob.done(entering_too("attic")).await),
        entered("attic", 1)
    );
    assert_eq!(ranked(&bob.done(members("attic")).await), ["o Bob"]);
    let held = holds(&mut bob, "attic").await;
    assert_eq!((held.flags, held.limit), (Flags::of_new_room(), None));
    assert_eq!(
        bob.done(invitations()).await,
        none,
        "it was to another room"
    );
}

pub(in crate::bridge) async fn what_is_not_for_all_reaches_no_outsider<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut alice, mut bob) = two_in_the_den(&mut world).await;
    let mut carl = world.live("Carl").await;
    carl.done(follow("alice")).await;
    for flag in ["i", "s"] {
        alice.done(change("den", &[&format!("+{flag}")])).await;
        assert_eq!(carl.done(rooms()).await, listed(&[("lobby", 3)]), "{flag}");
        let known = shown(&bob.done(rooms()).await);
        assert!(
            known.contains("Den") && known.contains("Private"),
            "{known}"
        );
        for request in [members("den"), topic("den"), modes("den")] {
            is_denied(&mut carl, request, no_room("den")).await;
        }
        world.events().await;
        bob.done(say("den", "secret")).await;
        let events = world.events().await;
        assert!(matches!(
            &events[..],
            [event] if matches!(event.deed, Deed::RoomMessage { privacy: Privacy::Private, .. })
        ));
        alice.done(change("den", &[&format!("-{flag}")])).await;
        assert_eq!(
            carl.done(rooms()).await,
            listed(&[("Den", 2), ("lobby", 3)]),
            "{flag}"
        );
    }
    alice.done(change("den", &["+s"])).await;
    assert_eq!(
        went_in(&carl.done(entering_too("den")).await),
        entered("Den", 3)
    );
    assert_eq!(
        went_in(&carl.done(moving("den", "attic")).await),
        entered("attic", 1)
    );
}

pub(in crate::bridge) async fn whoever_has_a_name_next_has_no_rank<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    // The account stands in the settings, and is made anew by somebody else.
    let mut old = world.caller();
    old.claims("zed").await;
    old.done(entering_too("den")).await;
    alice.done(entering_too("den")).await;
    old.done(change("den", &["+o alice"])).await;
    world.account("zed").await;
    assert_eq!(ranked(&alice.done(members("den")).await), ["o Alice"]);
}

pub(in crate::bridge) async fn what_holds_outlives_a_restart<S: Subject>() {
    let mut world = World::<S>::new().await;
    let (mut alice, _bob) = two_in_the_den(&mut world).await;
    alice.done(say("den", "kept")).await;
    alice
        .done(change(
            "den",
            &["+m", "+s", "+l 9", "+v bob", "+b eve", "+e ada"],
        ))
        .await;
    let before = holds(&mut alice, "den").await;
    world.restart().await;
    let mut alice = world.caller();
    alice.claims("Alice").await;
    alice.done(entering_too("den")).await;
    assert_eq!(holds(&mut alice, "den").await, before);
    assert_eq!(
        masks(&mut alice, "den", List::Bans).await,
        ["eve!*@* by Alice"]
    );
    assert_eq!(
        ranked(&alice.done(members("den")).await),
        ["o Alice", "v Bob"]
    );
}
