//! Jobs cut into pieces.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use hebblab_core::threads::{NativeThreads, OneThread, Threads, for_each_part};

fn two_threads() -> NativeThreads {
    NativeThreads(NonZeroUsize::new(2).unwrap())
}

#[test]
fn every_piece_runs_once_on_a_thread_that_exists() {
    for threads in [&OneThread as &dyn Threads, &two_threads()] {
        let runs: Vec<AtomicUsize> = (0..100).map(|_| AtomicUsize::new(0)).collect();
        threads
            .run(runs.len(), &|index, thread| {
                assert!(thread < threads.count());
                runs[index].fetch_add(1, Ordering::Relaxed);
            })
            .unwrap();
        assert!(runs.iter().all(|count| count.load(Ordering::Relaxed) == 1));
    }
}

#[test]
fn parts_cover_the_values_and_the_last_is_shorter() {
    let mut values = vec![0; 10];
    for_each_part(&two_threads(), &mut values, 4, &|index, part| part.fill(10 * (index + 1) + part.len()))
        .unwrap();
    assert_eq!(values, [14, 14, 14, 14, 24, 24, 24, 24, 32, 32]);
}

#[test]
fn a_job_without_pieces_calls_nothing() {
    for_each_part(&OneThread, &mut [0u8; 0], 4, &|_, _| unreachable!()).unwrap();
}
