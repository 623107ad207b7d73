//! TranscribeMe's API: what each call of it answers. Accounts, API clients, faults, the log and the engines are those of the
//! other half; recordings and orders are its own. In which of several possible forms it answers is the business of
//! `settings::TranscribeMeBehaviour`.

mod answer;
mod billing;
mod customer;
mod dictionaries;
mod input;
mod money;
mod orders;
mod recordings;
mod status;
mod token;
mod transcript;
mod upload;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::app::{App, SharedApp};
use crate::engine::{self, Work};
use crate::paths::{STORED_PART, UPLOAD_PART};
use crate::state::{Account, ApiClient, Database, Media, MediaUpload};

pub(crate) use money::Money;
pub(crate) use orders::Priced;
pub(crate) use status::{has_text, of_engine as status_of};
pub(crate) use transcript::document_of;
pub(crate) use upload::Origins;

/// The API's routes.
pub(crate) fn routes(app: &SharedApp) -> Router<SharedApp> {
    let path = |operation| app.paths.transcribeme(operation);
    let uploads = Router::new()
        .route(UPLOAD_PART, post(upload::part))
        .route(path("upload_simple"), post(upload::simple))
        .route(path("upload_sync"), post(upload::sync))
        .layer(DefaultBodyLimit::disable());
    let dictionaries = Router::new()
        .route(path("types"), get(dictionaries::types))
        .route(path("speakers"), get(dictionaries::speakers))
        .route(path("outputs"), get(dictionaries::outputs))
        .route(path("turnarounds"), get(dictionaries::turnarounds))
        .route(path("languages"), get(dictionaries::languages))
        .route(path("accents"), get(dictionaries::accents))
        .route(path("domains"), get(dictionaries::domains))
        .route(path("currencies"), get(dictionaries::currencies))
        .route(path("recording_statuses"), get(dictionaries::recording_statuses));
    Router::new()
        .route(path("token"), post(token::token))
        .route(path("regenerate_application_token"), post(token::regenerate))
        .route(path("upload_url"), get(upload::begin))
        .route(path("upload_commit"), post(upload::commit))
        .route(path("upload_remote"), post(upload::remote))
        .route(path("upload_remote_second"), post(upload::second_path))
        .route(path("create_order"), post(orders::create))
        .route(path("order"), get(orders::read).delete(orders::delete))
        .route(path("edit_order"), post(orders::edit))
        .route(path("apply_promo"), post(orders::promo))
        .route(path("order_currency"), post(orders::currency))
        .route(path("place_order"), post(orders::place))
        .route(path("recording_status"), get(recordings::status))
        .route(path("recordings"), get(recordings::list))
        .route(path("transcript"), get(transcript::json_document))
        .route(path("transcript_file"), get(transcript::file))
        .route(path("download"), post(transcript::download))
        .route(path("billing_address"), get(billing::address).post(billing::set_address))
        .route(path("billing_card"), get(billing::card).post(billing::set_card))
        .route(path("billing_client_token"), get(billing::client_token))
        .merge(uploads)
        .merge(dictionaries)
        .layer(from_fn_with_state(app.clone(), answer::write))
}

/// What the storage's origin has.
pub(crate) fn storage_routes(app: &SharedApp) -> Router<SharedApp> {
    Router::new()
        .route(STORED_PART, post(upload::stored_part))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(app.clone(), answer::write))
}

/// Tokens that are there from the start.
pub(crate) fn first_tokens(
    database: &Database,
    client: &ApiClient,
    account: &Account,
) -> crate::state::Result<()> {
    database.first_application_token(&client.id, &account.id, "demo-application-token")?;
    database.put_external_token("Google", &account.id, "demo-google-token")?;
    database.put_external_token("Facebook", &account.id, "demo-facebook-token")
}

/// Goes on with what was under way when the sandbox ended. Uploads in parts wait for the rest; what came in one request
/// and did not come whole is gone.
pub(crate) fn resume(app: &SharedApp) -> crate::state::Result<()> {
    // Files that stay behind take room and nothing else.
    let _ = upload::clear_at_start(app);
    for media in app.database.all_media(None)? {
        if media.status != status::UPLOADING {
            let _ = upload::clear_parts(app, &media.id);
        }
        match (media.status, media.upload) {
            (status::UPLOADING, MediaUpload::Simple) => _ = app.database.delete_media(&media.id)?,
            (status::UPLOADING, MediaUpload::Remote) => {
                app.database.set_media_status(&media.id, status::ERROR, None)?;
            }
            (status::IN_PROGRESS, upload) if upload != MediaUpload::None => {
                let language = orders::ordered_language(app, &media.id)?;
                if let Some(account) = app.database.account(&media.account)? {
                    engine::start(app, Work::of_transcribeme(&media, &account.email, language));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Ends a recording with all that it has.
pub(crate) fn forget(app: &App, media: &Media) -> crate::state::Result<()> {
    app.engines.stop(&media.id);
    app.database.delete_media(&media.id)?;
    let _ = upload::clear_parts(app, &media.id);
    let _ = std::fs::remove_file(app.spool_file(&media.id));
    Ok(())
}
