//! From settings, sockets and keys to a workspace and what each listener serves.
//! All parts are made before the first listener accepts, so a start either works or says why.

use std::{
    path::PathBuf,
    sync::{Arc, Weak},
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use certs::{Form, Minted, Role};
use contract::{Host, Tables, Variant, endpoint};
use http::header;
use rustls::ServerConfig;
use sim::{Settings, credentials::Credentials};
use tokio::sync::mpsc::unbounded_channel;

use super::{
    Closing, StartError, Workspaces, merchants,
    patience::{Patience, limit},
    shared::Shared,
};
use crate::edge::notice::Noticer;
use crate::{
    clock::{Clock, TlsTime},
    config::Meant,
    control,
    edge::corridor::{self, Corridor, Documents},
    errand,
    origins::{Bound, Origins},
    pages,
    ready::Ready,
    scenario,
    tls::{ClientAuth, Tailor, TlsError, peer::Peers},
    token::{Tokens, signer::Signer},
    workspace::{Parts, Saved, Workspace},
};

/// A workspace, and what stands at each of its listeners.
pub(super) struct Plan {
    pub(super) workspace: Arc<Workspace>,
    pub(super) stands: [Stand; 4],
}

/// A listener's host, its TLS if it speaks it, and its router.
type Stand = (Host, Option<(ServerConfig, Arc<Peers>, Tailor)>, Router);

/// What a workspace begins with.
pub(super) enum Origin {
    /// Nothing yet.
    New,
    /// What another one had come to.
    Saved(Box<Saved>),
}

pub(super) fn plan(
    (shared, meant): (&Shared, &Meant),
    bound: Bound,
    (origin, closing, workspaces): (Origin, &Closing, Weak<Workspaces>),
) -> Result<Plan, StartError> {
    let tables = meant.edition.tables().ok_or(StartError::Edition(meant.edition))?;
    let origins = Origins::of(&bound, meant.public_hosts.first().map(String::as_str));
    let issuer = origins.of_host(endpoint::issuer(&meant.variants));
    let signer = Signer::new(Arc::clone(&shared.keys), issuer);
    let scopes = merchants::published_scopes(&meant.variants);
    let discovery = signer.discovery(tables, &meant.variants, &scopes);
    let documents = Arc::new(Documents { discovery, jwks: signer.jwks() });
    let clock = Arc::new(match &origin {
        Origin::New => Clock::start(meant.clock),
        Origin::Saved(saved) => Clock::resume(meant.clock, saved.now),
    });
    let workspace = workspace((shared, meant), (tables, &clock), (origins, signer), origin)?;
    workspace.check_scenario().map_err(StartError::Scenario)?;
    let stands = stands((shared, meant), &workspace, &clock, (documents, closing, workspaces))
        .map_err(StartError::Tls)?;
    Ok(Plan { workspace, stands })
}

fn workspace(
    (shared, meant): (&Shared, &Meant),
    (tables, clock): (&'static Tables, &Arc<Clock>),
    (origins, signer): (Origins, Signer),
    origin: Origin,
) -> Result<Arc<Workspace>, StartError> {
    let settings = Settings {
        edition: meant.edition,
        seed: meant.seed,
        variants: meant.variants,
        merchants: merchants::merchants(&shared.minted, &origins.control),
        limits: meant.limits.world,
        library: scenario::library_with(meant.scenario.as_ref()),
        scenario: meant.scenario.as_ref().map(|named| named.name.clone()),
        clock: meant.clock.to_string(),
    };
    let (errands, waiting) = unbounded_channel();
    let parts = Parts {
        settings,
        tables,
        clock: Arc::clone(clock),
        ready: ready(meant, &origins, &shared.minted),
        origins,
        tokens: Tokens::new(signer),
        trace_lines: meant.limits.trace_lines,
        noticer: meant.certify.then(Noticer::default),
        errands,
    };
    let saved = match origin {
        Origin::New => None,
        Origin::Saved(saved) => Some(*saved),
    };
    let mut workspace = Workspace::new(parts, saved);
    if let Some(path) = &meant.trace_file {
        let refused = |source| StartError::file("write the trace file", path, source);
        workspace.trace_to(path).map_err(refused)?;
    }
    if let Some(path) = &meant.record_file {
        let refused = |source| StartError::file("write the record", path, source);
        workspace.record_to(path).map_err(refused)?;
    }
    workspace.begin();
    let workspace = Arc::new(workspace);
    tokio::spawn(errand::run(waiting, Arc::downgrade(&workspace)));
    tokio::spawn(Workspace::keep_time(Arc::downgrade(&workspace)));
    Ok(workspace)
}

fn stands(
    (shared, meant): (&Shared, &Meant),
    workspace: &Arc<Workspace>,
    clock: &Arc<Clock>,
    (documents, closing, workspaces): (Arc<Documents>, &Closing, Weak<Workspaces>),
) -> Result<[Stand; 4], TlsError> {
    let (minted, judge) = (&shared.minted, &shared.judge);
    let time = TlsTime(Arc::clone(clock));
    let peers = Arc::new(Peers::new(Arc::clone(minted), Arc::clone(judge), time));
    let secure = |client_auth| {
        let tailor = Tailor {
            minted: Arc::clone(minted),
            clock: Arc::clone(clock),
            judge: Arc::clone(judge),
            client_auth,
        };
        Ok::<_, TlsError>(Some((tailor.usual()?, Arc::clone(&peers), tailor)))
    };
    let corridor = |host| {
        let workspace = Arc::clone(workspace);
        let documents = Arc::clone(&documents);
        let (limits, closing) = (meant.limits, closing.clone());
        corridor::router(Corridor { host, workspace, limits, closing, documents })
    };
    let alerts = meant.variants.reads(Variant::MtlsRefusal, "tls-alert");
    let at_auth = if alerts { ClientAuth::Demand } else { ClientAuth::Record };
    let patience = Patience { body_time: meant.limits.body_time, closing: closing.clone() };
    let patient = |router: Router| router.layer(from_fn_with_state(patience.clone(), limit));
    let desk = control::Desk {
        workspace: Arc::clone(workspace),
        workspaces,
        minted: Arc::clone(minted),
        token: shared.token.clone(),
        closing: closing.clone(),
    };
    let near = meant.control.ip().is_loopback();
    let control_tls = if near { None } else { secure(ClientAuth::Never)? };
    Ok([
        (Host::Api, secure(ClientAuth::Record)?, corridor(Host::Api)),
        (Host::Auth, secure(at_auth)?, corridor(Host::Auth)),
        (
            Host::Identity,
            secure(ClientAuth::Never)?,
            patient(pages::router(Arc::clone(workspace)))
                .layer(from_fn_with_state(Arc::clone(workspace), dated)),
        ),
        (Host::Control, control_tls, patient(control::router(desk))),
    ])
}

/// The provider's pages have the provider's time.
async fn dated(State(workspace): State<Arc<Workspace>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(date) = workspace.date() {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

fn ready(meant: &Meant, origins: &Origins, minted: &Minted) -> Ready {
    let merchant = merchants::DEFAULT;
    let own = Credentials::of(meant.seed, merchant.id);
    let path = |role, form| absolute(minted.path(role, form));
    Ready {
        api: origins.api.clone(),
        auth: origins.auth.clone(),
        identity: origins.identity.clone(),
        control: origins.control.clone(),
        ca: path(Role::Ca, Form::Certificate),
        client_cert: path(merchant.role, Form::Chain),
        client_key: path(merchant.role, Form::Key),
        client_id: merchant.client_id.to_owned(),
        client_secret: own.client_secret,
        oidc_client_id: merchant.oidc_client.to_owned(),
        username: own.username,
        password: own.password,
        merchant_id: merchant.id,
        edition: meant.edition,
        seed: meant.seed,
    }
}

/// Whoever reads the ready line may stand in another directory.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}
