//! A session whose claim is in question claims again.

use super::{Places, Present, Standing};
use crate::chat::{Answer, Ending};
use crate::messages::{Claim, Entrance, Outcome};
use crate::session::phase::Step;

impl Present {
    pub(super) fn renews(&mut self) -> Vec<Step> {
        self.standing = Standing::Renewing;
        let entrance = Entrance::Renew {
            fence: self.claim.fence,
            rooms: self.places.names(),
            begins: self.door.begins,
        };
        let user = self.claim.user.clone();
        vec![Step::Renew { user, entrance }]
    }

    pub(super) fn renewed(&mut self, outcome: Outcome) -> Vec<Step> {
        match outcome {
            Outcome::Claimed { claim, rooms } => {
                self.standing = Standing::Firm;
                self.began = claim.fence;
                let Claim { user: was, .. } = std::mem::replace(&mut self.claim, claim);
                let is_there = self.places.names() == rooms;
                self.places = Places::new(&rooms, self.claim.fence);
                let user = self.claim.user.clone();
                let seen = (user.spelled() != was.spelled())
                    .then(|| Step::Answer(Answer::SeenAs { user, was }));
                let moved = (!is_there).then_some(Step::Answer(Answer::PutIn { rooms }));
                let told = seen.into_iter().chain(moved);
                told.chain(self.goes_on()).collect()
            }
            Outcome::Duplicate => vec![Step::End(Ending::Replaced)],
            Outcome::Void => vec![Step::End(Ending::MessagesLost)],
            Outcome::Refused(_) => {
                self.standing = Standing::Suspended;
                vec![Step::RenewLater]
            }
            // Nothing else was asked.
            Outcome::Done(_) | Outcome::Settled => Vec::new(),
        }
    }
}
