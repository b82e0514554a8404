//! The one stylesheet of the hosted pages and of the control listener's pages.
//! It is a file of its own because the pages' policy allows no inline styles.

use axum::response::IntoResponse;
use http::header;

/// Serves it.
pub(crate) async fn sheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], CSS)
}

pub(crate) const CSS: &str = "\
:root{color-scheme:light dark;--ink:#1b2430;--soft:#5b6675;--paper:#fff;--back:#f1f4f8;
--line:#cfd7e2;--act:#0b5fb0;--on-act:#fff;--warn:#8a4b00;--warn-back:#fff4e0;--bad:#a3201d}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf4;--soft:#a5b0bf;--paper:#1a2029;
--back:#11151b;--line:#3a4553;--act:#7db8f5;--on-act:#0d1520;
--warn:#ffce85;--warn-back:#33260f;--bad:#ff9d98}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
.simulation{margin:0;padding:.6rem 1rem;background:var(--warn-back);color:var(--warn);
text-align:center}
main{max-width:36rem;margin:1.5rem auto;padding:1.5rem;background:var(--paper);
border:1px solid var(--line);border-radius:.6rem}
main.wide{max-width:60rem}
h1{margin:0 0 .5rem;font-size:1.4rem;line-height:1.25}
h2{font-size:1.1rem}
.step,.who{color:var(--soft);margin:.25rem 0}
[role=alert]{border-left:4px solid var(--bad);padding:.5rem .75rem;color:var(--bad)}
label{display:block;margin:1rem 0 .25rem;font-weight:600}
header.page{display:flex;flex-wrap:wrap;background:var(--warn-back)}
header.page .simulation{flex:1 1 18rem}
.languages{display:flex;gap:1rem;padding:.6rem 1rem}
.languages a{color:var(--warn)}
.languages a[aria-current]{font-weight:600;text-decoration:none}
.provider{margin:0 0 .25rem;font-size:.85rem;font-weight:600;letter-spacing:.05em;color:var(--soft)}
progress.steps{width:100%;height:.5rem;accent-color:var(--act)}
.tick{display:flex;gap:.6rem;align-items:flex-start}
.tick label{margin:0;font-weight:400}
.tick input{width:1.25rem;height:1.25rem;margin:.15rem 0 0;flex:none}
details.other{margin-top:1.5rem;border-top:1px solid var(--line);padding-top:.75rem}
summary{cursor:pointer;color:var(--soft)}
select{font:inherit;width:100%;padding:.5rem;border:1px solid var(--soft);border-radius:.4rem;
background:var(--back);color:inherit}
input[name=code]{font:inherit;letter-spacing:.3em;width:11ch;padding:.5rem;
border:1px solid var(--soft);
border-radius:.4rem;background:var(--back);color:inherit}
.buttons{display:flex;flex-wrap:wrap;gap:.6rem;margin-top:1.5rem}
button{font:inherit;min-height:2.75rem;padding:.5rem 1.1rem;border-radius:.4rem;
border:1px solid var(--line);background:transparent;color:inherit;cursor:pointer}
button.main{background:var(--act);border-color:var(--act);color:var(--on-act);font-weight:600}
button:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid var(--act);
outline-offset:2px}
pre{overflow:auto;padding:.75rem;background:var(--back);border:1px solid var(--line);
border-radius:.4rem}
code{overflow-wrap:anywhere}
a{color:var(--act)}
dt{font-weight:600}dd{margin:0 0 .6rem;overflow-wrap:anywhere}
@media(max-width:30rem){main{margin:0;border-width:0 0 1px;border-radius:0;padding:1rem}
.buttons button{flex:1 1 100%}}
";
