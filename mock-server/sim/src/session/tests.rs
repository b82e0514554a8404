//! Every stage against every move, as one table that a person can proof-read.

use super::*;

const NOW: Instant = Instant::STEPPED_START;
const SCREENS: &[Screen] = &[
    Screen::Consent,
    Screen::PhoneCode,
    Screen::Document,
    Screen::Liveness,
    Screen::ProviderDocuments,
    Screen::ProviderCode,
    Screen::Done,
];

fn stage(name: &str) -> Stage {
    let until = NOW;
    let code = None;
    match name {
        "processing-1" => Stage::IdentificationProcessing { ready: NOW },
        "processing-2" => Stage::SigningProcessing { ready: NOW },
        "signed" => Stage::Signed,
        "failed" => Stage::Failed { leg: Leg::Signing, expired: false },
        "read" => Stage::Signing { screen: Screen::Read, until, code },
        "code" => Stage::Signing { screen: Screen::Code, until, code },
        _ => {
            let screen = Screen::ALL.iter().find(|screen| screen.name() == name).unwrap();
            Stage::Identifying { screen: *screen, until, code }
        }
    }
}

fn name(stage: &Stage) -> &'static str {
    match stage {
        Stage::Identifying { screen, .. } | Stage::Signing { screen, .. } => screen.name(),
        Stage::IdentificationProcessing { .. } => "processing-1",
        Stage::SigningProcessing { .. } => "processing-2",
        Stage::Signed => "signed",
        Stage::Failed { expired: true, .. } => "expired",
        Stage::Failed { .. } => "failed",
    }
}

/// `-` refused; `+name` moved and the browser goes to Success, `!name` to Fail.
fn outcome(from: &str, move_: Move) -> String {
    match stage(from).apply(move_, NOW, SCREENS) {
        Err(unchanged) => {
            assert_eq!(unchanged, stage(from), "a refused move changes nothing");
            "-".to_owned()
        }
        Ok(Moved { stage, landing }) => {
            let sign = match landing {
                Some((_, Landing::Success)) => "+",
                Some((_, Landing::Fail)) => "!",
                None => "",
            };
            format!("{sign}{}", name(&stage))
        }
    }
}

#[test]
fn every_stage_against_every_move() {
    // stage, continue (from its own screen), continue (from a stale one), cancel, fail, code,
    // locked, time
    let table: &[[&str; 8]] = &[
        ["consent", "phone-code", "-", "!failed", "-", "-", "-", "expired"],
        ["phone-code", "-", "-", "!failed", "-", "document", "!failed", "expired"],
        ["document", "liveness", "-", "!failed", "!failed", "-", "-", "expired"],
        ["liveness", "provider-documents", "-", "!failed", "!failed", "-", "-", "expired"],
        ["provider-documents", "provider-code", "-", "!failed", "-", "-", "-", "expired"],
        ["provider-code", "-", "-", "!failed", "-", "done", "!failed", "expired"],
        ["done", "+processing-1", "-", "!failed", "-", "-", "-", "expired"],
        ["processing-1", "-", "-", "-", "-", "-", "-", "read"],
        ["read", "code", "-", "!failed", "-", "-", "-", "expired"],
        ["code", "-", "-", "!failed", "-", "+processing-2", "!failed", "expired"],
        ["processing-2", "-", "-", "-", "-", "-", "-", "signed"],
        ["signed", "-", "-", "-", "-", "-", "-", "-"],
        ["failed", "-", "-", "-", "-", "-", "-", "-"],
    ];
    for [from, own, stale, cancel, fail, sign, locked, time] in table {
        let own_screen = Screen::ALL.iter().find(|screen| screen.name() == *from);
        let moves = [
            (Move::Continue(own_screen.copied().unwrap_or(Screen::Over)), own),
            (Move::Continue(Screen::Unknown), stale),
            (Move::Cancel, cancel),
            (Move::Fail, fail),
            (Move::Code, sign),
            (Move::Locked, locked),
            (Move::Time, time),
        ];
        for (move_, expected) in moves {
            assert_eq!(outcome(from, move_), **expected, "{from} x {move_:?}");
        }
    }
}

#[test]
fn only_stages_that_can_move_by_time_are_due() {
    for from in ["consent", "processing-1", "read", "processing-2", "signed", "failed"] {
        let moves_by_time = stage(from).apply(Move::Time, NOW, SCREENS).is_ok();
        assert_eq!(stage(from).due().is_some(), moves_by_time, "{from}");
    }
}
