//! From settings, sockets and keys to a workspace and what each listener serves.
//! All parts are made before the first listener accepts, so a start either works or says why.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use certs::{Form, MintRequest, Minted, Role};
use contract::{Host, Tables, Variant, endpoint};
use http::header;
use rustls::ServerConfig;
use sim::{Settings, credentials::Credentials};
use tokio::sync::mpsc::unbounded_channel;

use super::{
    Closing, StartError, merchants,
    patience::{Patience, limit},
};
use crate::{
    clock::{self, Clock, TlsTime},
    config::Meant,
    control,
    edge::corridor::{self, Corridor, Documents},
    errand,
    origins::{Bound, Origins},
    pages,
    ready::Ready,
    scenario,
    tls::{self, ClientAuth, Tailor, TlsError, peer::Peers},
    token::{Tokens, signer::Signer},
    workspace::{Parts, Workspace},
};

/// A workspace, and what stands at each of its listeners.
pub(super) struct Plan {
    pub(super) workspace: Arc<Workspace>,
    pub(super) stands: [Stand; 4],
}

/// A listener's host, its TLS if it speaks it, and its router.
type Stand = (Host, Option<(ServerConfig, Arc<Peers>, Tailor)>, Router);

/// Opens the certificates. The first time they are minted, which takes a while.
pub(super) async fn open_certs(meant: &Meant) -> Result<Minted, StartError> {
    let (dir, hosts) = (meant.certs_dir.clone(), meant.public_hosts.clone());
    let opening = tokio::task::spawn_blocking(move || {
        certs::open(&MintRequest { dir: &dir, public_hosts: &hosts, now: clock::wall() })
    });
    let opened = opening.await.map_err(|error| StartError::Runtime(error.into()))?;
    opened.map_err(StartError::Certs)
}

pub(super) fn plan(
    meant: &Meant,
    bound: Bound,
    (minted, closing): (Minted, &Closing),
) -> Result<Plan, StartError> {
    let tables = meant.edition.tables().ok_or(StartError::Edition(meant.edition))?;
    let origins = Origins::of(&bound, meant.public_hosts.first().map(String::as_str));
    let issuer = origins.of_host(endpoint::issuer(&meant.variants));
    let signer = Signer::new(&minted, issuer).map_err(StartError::Token)?;
    let scopes = merchants::published_scopes(&meant.variants);
    let discovery = signer.discovery(tables, &meant.variants, &scopes);
    let documents = Documents { discovery, jwks: signer.jwks() };
    let (minted, clock) = (Arc::new(minted), Arc::new(Clock::start(meant.clock)));
    let workspace = workspace(meant, tables, (&minted, &clock), (origins, signer))?;
    workspace.check_scenario().map_err(StartError::Scenario)?;
    let stands = stands(meant, &workspace, (&minted, &clock), (documents, closing))
        .map_err(StartError::Tls)?;
    Ok(Plan { workspace, stands })
}

fn workspace(
    meant: &Meant,
    tables: &'static Tables,
    (minted, clock): (&Minted, &Arc<Clock>),
    (origins, signer): (Origins, Signer),
) -> Result<Arc<Workspace>, StartError> {
    let settings = Settings {
        edition: meant.edition,
        seed: meant.seed,
        variants: meant.variants,
        merchants: merchants::merchants(minted, &origins.control),
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
        ready: ready(meant, &origins, minted),
        origins,
        tokens: Tokens::new(signer),
        trace_lines: meant.limits.trace_lines,
        errands,
    };
    let trace_file = meant.trace_file.as_deref();
    let workspace = Workspace::new(parts, trace_file).map_err(|source| {
        StartError::file(
            "write the trace file",
            trace_file.unwrap_or_else(|| Path::new("")),
            source,
        )
    })?;
    let workspace = Arc::new(workspace);
    tokio::spawn(errand::run(waiting, Arc::downgrade(&workspace)));
    Ok(workspace)
}

fn stands(
    meant: &Meant,
    workspace: &Arc<Workspace>,
    (minted, clock): (&Arc<Minted>, &Arc<Clock>),
    (documents, closing): (Documents, &Closing),
) -> Result<[Stand; 4], TlsError> {
    let judge = tls::judge(minted)?;
    let time = TlsTime(Arc::clone(clock));
    let peers = Arc::new(Peers::new(Arc::clone(minted), Arc::clone(&judge), time));
    let secure = |client_auth| {
        let tailor = Tailor {
            minted: Arc::clone(minted),
            clock: Arc::clone(clock),
            judge: Arc::clone(&judge),
            client_auth,
        };
        Ok::<_, TlsError>(Some((tailor.usual()?, Arc::clone(&peers), tailor)))
    };
    let documents = Arc::new(documents);
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
    Ok([
        (Host::Api, secure(ClientAuth::Record)?, corridor(Host::Api)),
        (Host::Auth, secure(at_auth)?, corridor(Host::Auth)),
        (
            Host::Identity,
            secure(ClientAuth::Never)?,
            patient(pages::router(Arc::clone(workspace)))
                .layer(from_fn_with_state(Arc::clone(workspace), dated)),
        ),
        (Host::Control, None, patient(control::router(Arc::clone(workspace)))),
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
