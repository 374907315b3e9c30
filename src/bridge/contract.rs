//! The suite: every sentence of the contract, for every bridge alike.
//!
//! A bridge passes it by implementing [`Subject`] and calling [`keeps_the_contract`]. Whatever a
//! test does, its [`World`] checks sentences 2 and 3 on all that arrives.

mod asks;
mod back;
mod claims;
mod flow;
mod guests;
mod history;
mod inbox;
mod kept;
mod login;
mod many;
mod moderation;
mod nicks;
mod office;
mod order;
mod past;
mod probes;
mod programs;
mod renew;
mod rooms;
mod tokens;
mod told;
mod was;
mod words;
mod world;

use std::collections::BTreeSet;
use std::time::Duration;

use actix::Recipient;

use crate::chat::UserName;
use crate::chat::limits::ROOMS_PER_SESSION;
use crate::chat::origin::Incarnation;
use crate::messages::{AccountAsk, Arrived, Ask, LookBack, Shut, Vital};

pub(super) use {
    asks::*, back::*, claims::*, flow::*, guests::*, history::*, inbox::*, kept::*, login::*,
    many::*, moderation::*, nicks::*, office::*, order::*, past::*, probes::*, programs::*,
    renew::*, rooms::*, tokens::*, told::*, was::*, words::*, world::*,
};

/// Rooms that a subject's settings allow, the lobby included: more than one session may be in.
pub(super) const ROOMS: u64 = ROOMS_PER_SESSION as u64 + 3;

/// Messages that a subject's settings keep of a room.
pub(super) const KEEP_MESSAGES: u64 = 100;

/// A bridge under test.
pub(super) trait Subject: Sized {
    /// The name of its node.
    const NODE: &'static str = "node-1";

    /// When its log begins a new epoch.
    const EPOCHS: Epochs;

    /// Whether it can be tested here; if not, that has been said.
    fn is_here() -> bool {
        true
    }

    /// A store with nothing in it.
    fn new() -> Self;

    /// Starts a run of the bridge on the store. `configured` names the accounts of the settings,
    /// and `grace` is how long they keep a place.
    async fn start(
        &self,
        incarnation: Incarnation,
        configured: BTreeSet<UserName>,
        grace: Duration,
        registry: Recipient<Arrived>,
        vital: Vital,
    ) -> Doors;
}

/// When a log begins a new epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Epochs {
    /// At every start: nobody else can vouch for what was read of the log.
    EveryStart,
    /// When the log is new, or was taken back: it is kept by somebody who outlives the node.
    LogsOwn,
}

/// The ways into a running bridge.
pub(super) struct Doors {
    pub(super) ask: Recipient<Ask>,
    pub(super) account: Recipient<AccountAsk>,
    pub(super) archive: Recipient<LookBack>,
    pub(super) shut: Recipient<Shut>,
}

/// Makes a test of each function below, for one subject, in a module of its own: by its name
/// `tests/run` counts how many there were on each bridge.
macro_rules! keeps_the_contract {
    ($subject:ty) => {
        keeps_the_contract! { $subject:
            asks_of_a_session_are_decided_and_answered_in_order,
            what_is_said_arrives_once_where_the_answer_says,
            an_answer_comes_before_the_events_it_caused,
            ordinals_of_a_conversation_grow_by_one,
            the_log_is_read_back_from_its_end,
            a_probe_is_told_once_until_it_is_answered,
            what_was_acknowledged_is_there_after_a_restart,
            a_refused_ask_changes_nothing,
            a_change_that_changes_nothing_appends_nothing,
            of_a_hundred_claims_one_wins,
            a_claim_settles_the_rooms_around_its_event,
            a_claim_in_the_lobby_stays_there,
            a_void_claim_is_told_so_and_changes_nothing,
            a_release_leaves_every_room_first,
            a_lost_connection_keeps_the_place,
            a_node_that_goes_down_keeps_the_places,
            who_is_lost_over_the_claim_keeps_the_place,
            behind_the_grace_a_lost_connection_is_released_once,
            a_login_to_a_kept_place_begins_in_the_lobby,
            who_comes_back_to_a_kept_place_finds_everything_as_it_was,
            who_comes_back_is_told_nothing_of_before_the_first_time,
            who_came_back_is_not_released,
            without_a_grace_a_lost_connection_is_released_at_once,
            a_fold_over_the_arrivals_equals_the_store,
            a_message_needs_membership,
            a_private_room_does_not_exist_for_others,
            rooms_vanish_when_nothing_is_left_of_them,
            rooms_are_entered_by_name_and_key,
            an_entering_is_answered_with_where_it_stands,
            people_and_public_rooms_are_counted,
            who_is_here_is_told_of_those_who_are_asked_for,
            nothing_arrives_before_the_credit_is_back,
            settle_waits_for_the_events_and_is_not_overtaken,
            above_the_bound_asks_are_refused_in_order,
            a_start_keeps_the_places_of_the_run_before,
            behind_the_grace_the_run_before_is_released_once,
            without_a_grace_a_start_releases_the_run_before,
            shut_decides_what_was_asked_before,
            accounts_are_compared_without_case,
            neighbours_are_in_a_room_with_the_asker,
            whispers_and_posts_reach_those_they_can,
            people_are_shown_as_far_as_the_asker_may_know,
            history_is_the_last_messages_oldest_first,
            spans_of_a_room_are_told_by_position_and_time,
            a_dialogue_has_both_directions_and_nobody_else,
            what_is_sent_is_not_told_at_a_login,
            conversations_are_told_by_their_last_message,
            no_history_is_told_to_whom_it_does_not_concern,
            what_happened_in_a_room_stands_among_its_messages,
            what_happened_pushes_no_message_out_and_keeps_no_room,
            a_login_is_told_a_bounded_number_of_bytes,
            a_new_account_inherits_no_tokens,
            a_token_is_good_once_and_is_followed_by_the_next,
            a_token_used_twice_takes_its_family_along,
            an_inbox_is_bounded_and_says_what_it_lost,
            another_password_revokes_all_tokens,
            of_a_hundred_redemptions_one_wins,
            of_too_many_families_the_one_used_least_recently_goes,
            posts_wait_for_those_who_follow,
            the_posts_of_many_come_in_log_order,
            tokens_outlive_a_restart,
            what_is_said_to_who_is_not_there_is_kept,
            what_one_says_to_oneself_is_said_like_all_else,
            what_waits_outlives_a_restart,
            what_was_seen_never_moves_back,
            who_comes_for_the_first_time_begins_there,
            who_claims_again_stays_where_it_was,
            a_later_claim_is_not_taken_back,
            who_was_let_go_claims_again_into_its_room_if_that_is_open,
            rooms_are_entered_and_left_one_by_one,
            a_login_leaves_all_rooms_and_begins_where_its_door_says,
            who_comes_back_keeps_all_its_rooms,
            who_was_let_go_claims_again_into_all_rooms_that_are_open,
            a_release_says_its_words_and_names_all_rooms,
            who_is_away_names_all_rooms,
            one_is_in_a_bounded_number_of_rooms,
            what_is_said_is_told_in_its_manner_and_at_one_time,
            a_topic_is_set_by_somebody_and_taken_away,
            members_are_shown_with_who_of_them_is_away,
            a_nick_is_had_by_one_person_and_names_are_their_owners,
            a_nick_leads_to_its_owner,
            a_claim_brings_its_nick,
            a_kept_place_keeps_its_nick,
            a_guest_is_there_and_leaves_nothing,
            a_guest_does_not_come_back,
            a_guest_logs_in_where_it_is,
            who_logs_in_where_it_is_has_the_ranks_of_both,
            a_guest_is_kept_out_as_everybody_is,
            who_logs_in_in_place_ends_what_the_account_has_elsewhere,
            who_makes_a_room_is_its_operator,
            what_takes_a_rank_is_denied_without,
            several_changes_are_one_event,
            what_cannot_be_granted_leaves_the_rest,
            who_is_kicked_is_out_and_told_why,
            bans_keep_out_and_quiet,
            bans_mean_accounts_or_only_keep_quiet,
            a_room_lets_in_whom_it_should,
            who_is_invited_comes_in_once,
            an_invitation_opens_nothing_of_who_may_not,
            ranks_are_kept_as_long_as_the_room,
            what_is_not_for_all_reaches_no_outsider,
            whoever_has_a_name_next_has_no_rank,
            what_holds_outlives_a_restart,
            what_goes_with_a_message_is_told_and_kept_with_it,
            what_has_no_words_is_for_who_is_there_and_not_kept,
            what_has_no_words_stands_among_what_two_people_said,
            what_was_read_is_kept_and_never_moves_back,
            of_too_many_conversations_those_read_longest_ago_go,
            what_somebody_says_about_themselves_is_told_as_long_as_they_are_here,
            another_real_name_is_news_for_who_watches,
            a_certificate_proves_one_account,
            another_password_revokes_all_certificates,
            an_office_is_that_of_a_session,
            only_operators_put_people_out_and_speak_to_all,
            who_is_meant_by_a_nick_is_found_and_put_out,
            who_is_gone_is_remembered_by_the_nick,
            who_is_put_out_or_was_a_guest_is_remembered_too,
        }
    };
    ($subject:ty: $($sentence:ident,)*) => {
        mod keeps_the_contract {
            use super::*;

            $(#[actix::test]
            async fn $sentence() {
                if <$subject as $crate::bridge::contract::Subject>::is_here() {
                    $crate::bridge::contract::$sentence::<$subject>().await;
                }
            })*
        }
    };
}

pub(super) use keeps_the_contract;
