//! Sorting that is compiled once.
//!
//! The standard library's sort is compiled anew for each type and each
//! comparison, 5 to 8 kB of machine code a time, and a map that is collected
//! brings one along. Here one sort of positions serves all.

use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Sorts `items` stably: what compares as equal stays in its order.
///
/// It takes two words for each item beside them, and moves each item once.
pub fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let places = {
        let items = &*items;
        places(
            items.len(),
            &mut |one, other| match (items.get(one), items.get(other)) {
                (Some(one), Some(other)) => compare(one, other),
                _ => Ordering::Equal,
            },
        )
    };
    arrange(places, &mut |one, other| items.swap(one, other));
}

/// As [`sort_by`], by what `key` says of an item.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], mut key: impl FnMut(&T) -> K) {
    sort_by(items, |one, other| key(one).cmp(&key(other)));
}

/// As [`sort_by`], by the items themselves.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// The items as a set, put in one by one: collecting one sorts them first.
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// Where each of `count` items belongs.
fn places(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut sources: Vec<usize> = (0..count).collect();
    sources.sort_by(|one, other| compare(*one, *other));
    let mut places = vec![0; count];
    for (place, source) in sources.into_iter().enumerate() {
        if let Some(entry) = places.get_mut(source) {
            *entry = place;
        }
    }
    places
}

/// Brings everything to its place; each swap settles one item.
fn arrange(mut places: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for at in 0..places.len() {
        while let Some(&place) = places.get(at).filter(|place| **place != at) {
            swap(at, place);
            places.swap(at, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without a pattern (Knuth's linear congruential generator).
    fn numbers(count: usize, below: u64) -> Vec<u64> {
        let step = |state: &mut u64| {
            *state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (*state >> 33) % below
        };
        let mut state = count as u64;
        std::iter::repeat_with(|| step(&mut state))
            .take(count)
            .collect()
    }

    #[test]
    fn it_sorts_as_the_standard_library_does_and_keeps_equals_in_order() {
        for count in [0, 1, 2, 3, 7, 20, 21, 500] {
            for below in [1, 2, 10, 1 << 30] {
                let mut ours: Vec<(u64, usize)> = numbers(count, below)
                    .into_iter()
                    .enumerate()
                    .map(|(at, number)| (number, at))
                    .collect();
                let mut theirs = ours.clone();
                theirs.sort_by_key(|pair| pair.0);
                sort_by_key(&mut ours, |pair| pair.0);
                assert_eq!(ours, theirs, "{count} {below}");
                ours.reverse();
                sort(&mut ours);
                theirs.sort();
                assert_eq!(ours, theirs);
            }
        }
    }

    #[test]
    fn a_rotation_and_a_reversal_of_many_take_a_swap_for_each() {
        let count = 100_000_usize;
        for mut items in [
            (1..count).chain([0]).collect::<Vec<_>>(),
            (0..count).rev().collect(),
        ] {
            sort(&mut items);
            assert!(items.iter().copied().eq(0..count));
        }
    }
}
