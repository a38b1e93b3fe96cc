//! Who may open the vault: too few ways back, weak or forgotten slots.

use super::Diagnosis;
use crate::context::Context;
use crate::crypto::Iterations;
use crate::custody::guard;
use crate::store::Location;
use crate::time::Timestamp;
use crate::vault::SlotSummary;

/// Checks the slots as the file has them.
pub(super) fn check(ctx: &Context, location: &Location, found: &mut Diagnosis) {
    // What keeps the file from being read was found already.
    let Ok((locked, _)) = guard::read(ctx, location, false, true) else {
        return;
    };
    let Ok(now) = ctx.clock.now() else {
        return;
    };
    let least = ctx.user.iterations.unwrap_or(Iterations::default().get());
    let slots: Vec<SlotSummary> = locked.slots().collect();
    judge(&slots, now.seconds(), least, found);
}

fn judge(slots: &[SlotSummary], now: u64, least: u32, found: &mut Diagnosis) {
    let is_over = |slot: &SlotSummary| slot.expires != 0 && slot.expires <= now;
    let admins = slots.iter().filter(|slot| slot.admin && !is_over(slot));
    let keys = admins.clone().filter(|slot| slot.kind == "secret").count();
    let missing = match (admins.count(), keys) {
        (..=1, _) => Some("one slot alone is an admin's: if it is lost, so is the vault"),
        (_, 0) => Some("every admin's slot has a passphrase, which can be forgotten"),
        _ => None,
    };
    if let Some(missing) = missing {
        let remedy = "secrets key add --recovery".to_owned();
        found.add(
            "recovery",
            None,
            format!("there is no recovery key: {missing}"),
            remedy,
        );
    }
    for slot in slots {
        let label = &slot.label;
        let mut add = |code, message: String, remedy: String| {
            found.add(code, None, message, remedy);
            if let Some(last) = found.findings.last_mut() {
                last.address = Some(label.clone());
            }
        };
        if is_over(slot) {
            let at = Timestamp::clamped(slot.expires);
            let message =
                format!("the slot \"{label}\" expired at {at}, and is still in the vault");
            add(
                "slot_expired",
                message,
                format!("secrets key remove {label}"),
            );
            continue;
        }
        if slot.handed_out {
            let message = format!(
                "the passphrase that was handed out for \"{label}\" was never used; \
                 whoever saw it can still open the vault with it"
            );
            add(
                "slot_unused",
                message,
                format!("secrets key remove {label}"),
            );
        } else if slot.kind == "pass" && slot.iterations < u64::from(least) {
            let message = format!(
                "the passphrase of \"{label}\" is stretched {} times; {least} are wanted",
                slot.iterations
            );
            add(
                "iterations",
                message,
                format!("secrets passwd --slot {label}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::SlotId;

    fn slot(label: &str, kind: &str, admin: bool) -> SlotSummary {
        SlotSummary {
            id: SlotId([0; 8]),
            label: label.to_owned(),
            kind: kind.to_owned(),
            admin,
            expires: 0,
            iterations: 600_000,
            handed_out: false,
        }
    }

    /// Code and remedy of each finding at second 100.
    fn found(slots: &[SlotSummary]) -> Vec<(&'static str, String)> {
        let mut found = Diagnosis::default();
        judge(slots, 100, 600_000, &mut found);
        let pairs = found.findings.into_iter().map(|one| (one.code, one.remedy));
        pairs.collect()
    }

    #[test]
    fn a_way_back_is_a_second_admin_and_a_key_among_them() {
        let missing = vec![("recovery", "secrets key add --recovery".to_owned())];
        let (rui, ana) = (slot("rui", "pass", true), slot("ana", "pass", true));
        let key = slot("recovery", "secret", true);
        assert_eq!(found(std::slice::from_ref(&rui)), missing);
        assert_eq!(found(std::slice::from_ref(&key)), missing);
        assert_eq!(found(&[rui.clone(), ana]), missing);
        assert_eq!(found(&[rui.clone(), slot("ci", "secret", false)]), missing);
        assert_eq!(found(&[rui.clone(), key.clone()]), []);
        let over = SlotSummary {
            expires: 100,
            ..key
        };
        let codes: Vec<_> = found(&[rui, over])
            .into_iter()
            .map(|(code, _)| code)
            .collect();
        assert_eq!(codes, ["recovery", "slot_expired"]);
    }

    #[test]
    fn a_slot_that_is_over_unused_or_weak_is_named_with_its_remedy() {
        let all = [
            slot("rui", "pass", true),
            slot("recovery", "secret", true),
            SlotSummary {
                expires: 100,
                ..slot("old", "pass", false)
            },
            SlotSummary {
                expires: 101,
                ..slot("new", "pass", false)
            },
            SlotSummary {
                handed_out: true,
                ..slot("ana", "pass", false)
            },
            SlotSummary {
                iterations: 599_999,
                ..slot("weak", "pass", false)
            },
            SlotSummary {
                iterations: 0,
                ..slot("ci", "secret", false)
            },
        ];
        assert_eq!(
            found(&all),
            [
                ("slot_expired", "secrets key remove old".to_owned()),
                ("slot_unused", "secrets key remove ana".to_owned()),
                ("iterations", "secrets passwd --slot weak".to_owned()),
            ]
        );
    }
}
