//! Two hundred workspaces in one process, and eleven steps in each of them at the same time: no run
//! knows of another, and each is decided by its own seed alone.

use std::{path::Path, sync::Arc};

use conformance::{mock::Ready, poll, run::Settings};
use contract::{Edition, Variants};
use judge::{Person, Verdict};
use mock_server::{MockServer, serve::Wanted, workspace::TraceClass};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::stage::walked;

const COUNT: u64 = 200;

/// So many walk at once; all of them are open all the time.
const AT_ONCE: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_side_by_side_each_complete_the_steps() {
    let certs = Path::new(env!("CARGO_TARGET_TMPDIR")).join("certs");
    let builder = MockServer::builder().clock_stepped().certs_dir(certs);
    let mock = Arc::new(builder.start().await.unwrap());
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let all: Vec<_> = (0..COUNT)
        // Two of each seed, so that a stranger's hand in one of them would show.
        .map(|number| mock.workspaces().add(Wanted::default().seed(number / 2)).unwrap())
        .collect();
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut runs = JoinSet::new();
    for (number, added) in all.iter().cloned().enumerate() {
        let (seats, dir) = (Arc::clone(&seats), Arc::clone(&dir));
        runs.spawn(async move {
            let _seat = seats.acquire_owned().await;
            let ready = serde_json::to_value(added.workspace.ready()).unwrap();
            let ready: Ready = serde_json::from_value(ready).unwrap();
            let seed = number as u64 / 2;
            let settings = Settings {
                target: ready.target().unwrap(),
                edition: Edition::DEFAULT,
                person: Person::Complete,
                seed,
                world_seed: Some(seed),
                variants: Variants::default(),
                poll_limit: poll::LIMIT,
                trace: dir.path().join(format!("{number}.jsonl")),
                mock_trace: None,
            };
            (number, Box::pin(walked(settings)).await.verdict)
        });
    }
    while let Some(run) = runs.join_next().await {
        let (number, verdict) = run.unwrap();
        assert_eq!(verdict, Verdict::Pass, "workspace {number}");
    }
    let decided = |index: usize| all[index].workspace.trace(Some(TraceClass::Decision));
    for pair in (0..all.len()).step_by(2) {
        assert_eq!(decided(pair), decided(pair + 1), "one seed, one story");
    }
    assert_ne!(decided(0), decided(2));
}
