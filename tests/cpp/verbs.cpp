// Every verb of a client, also those that the service does not have: orders, accounts, jobs.
#include "check.hpp"

#include <fstream>

using namespace std::chrono_literals;

static void an_order() {
    const tiro::client client = scripted(R"({"orders": {"prices": ["5.00 USD"], "dictionaries": {"types":
        [{"id": "1", "name": "Verbatim", "description": "all", "is_default": true}]}}})");
    const std::string id = client.upload(some_bytes()).get().id();
    tiro::order order = client.create_order({id}).get();
    const std::string number(order.id());
    CHECK(order.recording_count() == 1 && order.recording_id(0) == id && order.recording_id(1).empty());
    order = client.order(number).get();
    CHECK(order.price() == "5.00 USD" && order.amount() == "5.00" && order.currency() == "USD" && !order.paid_at());
    CHECK(order.recording_price(0) == "5.00 USD");
    CHECK(client.quote(number).get().text().find("5.00") != std::string::npos);
    CHECK(client.dictionary("types").get().text().find("Verbatim") != std::string::npos);
    (void)client.edit_settings(number, {{"order.type", "Verbatim"}}).get();
    const auto refused = client.place(number).try_get();
    CHECK_CODE(refused.error().code(), TIRO_E_CONFIRM_REQUIRED);
    CHECK(refused.error().detail().find("\"amount\"") != std::string::npos);
    CHECK_CODE(client.place(number, {{"confirmed_price", "4.00 USD"}}).try_get().error().code(), TIRO_E_QUOTE_CHANGED);
    CHECK(client.place(number, {{"max_price", "5.00 USD"}}).get());
    (void)client.apply_promo(number, "code").try_get();
    (void)client.delete_order(number).try_get();
    CHECK_THROWS(client.create_order({}).get(), TIRO_E_ARGUMENT);
    CHECK_THROWS(client.create_order({std::string("a\0b", 3)}).get(), TIRO_E_UTF8);
    const auto transcribed = client.transcribe(some_bytes(), {{"max_price", "5.00 USD"}}).get();
    CHECK(transcribed.text() == "Hello world.");
}

static void jobs() {
    const tiro::client client = scripted(R"({"orders": {"prices": ["5.00 USD"]}})");
    const auto stopped = client.transcribe(some_bytes()).try_get();
    CHECK_CODE(stopped.error().code(), TIRO_E_CONFIRM_REQUIRED);
    const std::string job = stopped.error().job_id();
    CHECK(!job.empty());
    CHECK(client.jobs().get().text().find(job) != std::string::npos);
    CHECK(client.resume_all().get().text().find("TIRO_E_CONFIRM_REQUIRED") != std::string::npos);
    CHECK(client.resume(job, {{"confirmed_price", "5.00 USD"}}).get().text() == "Hello world.");
    CHECK_THROWS(client.resume("no such job", some_bytes()).get(), TIRO_E_NOT_FOUND);
    const auto other = client.transcribe(some_bytes()).try_get();
    client.forget(other.error().job_id()).get();
}

// What the scripted service does not have.
static void accounts() {
    const tiro::client client = scripted();
    const auto refused = [](auto operation) { CHECK_CODE(operation.try_get().error().code(), TIRO_E_UNSUPPORTED); };
    refused(client.sign_in());
    refused(client.sign_out());
    refused(client.login_begin());
    refused(client.complete_login("ticket", "http://127.0.0.1:1/?code=1"));
    refused(client.request("GET", "/api"));
    refused(client.doctor());
    refused(client.create_managed_user("a@example.com", "A", "B"));
    refused(client.delete_managed_user("1"));
    refused(client.create_order({"1"}));
    refused(client.regenerate_application_token());
    refused(client.billing_address());
    refused(client.set_billing_address("{}"));
    refused(client.billing_card());
    refused(client.billing_client_token());
    refused(client.save_billing_card("nonce"));
    CHECK_THROWS(client.receive_login(tiro::login()).get(), TIRO_E_NULL);
    CHECK_THROWS(client.logout_url(), TIRO_E_UNSUPPORTED);
    CHECK_THROWS(client.recording_link("1"), TIRO_E_UNSUPPORTED);
    CHECK_THROWS(client.worklist_link(), TIRO_E_UNSUPPORTED);
    CHECK_THROWS(client.endpoints(), TIRO_E_UNSUPPORTED);
    CHECK_THROWS(client.as_user("a@example.com"), TIRO_E_UNSUPPORTED);
    CHECK_THROWS(tiro::install_model("enormous", "/no/such/folder").get(), TIRO_E_ARGUMENT);
    CHECK_THROWS(tiro::install_model("", "/no/such/folder", {{"no_such_key", 1}}).get(), TIRO_E_OPTION);
}

// A service with accounts, where nobody serves.
static void logins() {
    const tiro::client client{{{"service", "gospeech"},
                               {"api_base_url", "http://127.0.0.1:9"},
                               {"auth_base_url", "http://127.0.0.1:9"},
                               {"client_id", "client"},
                               {"redirect_uri", "http://127.0.0.1:18932/callback"},
                               {"gospeech.link.recording", "http://127.0.0.1:9/r/{recordId}"},
                               {"gospeech.link.worklist", "http://127.0.0.1:9/list"},
                               {"discovery", "off"},
                               {"max_retries", 0}}};
    const tiro::login login = client.login_begin().get();
    CHECK(login.url().find("http://127.0.0.1:9/") == 0 && !login.state().empty() && !login.ticket().empty());
    CHECK(client.recording_link("17") == "http://127.0.0.1:9/r/17" && client.worklist_link() == "http://127.0.0.1:9/list");
    CHECK(client.endpoints().text().find("\"standing\"") != std::string::npos);
    auto waiting = client.upload(some_bytes());
    WAIT_UNTIL(waiting.progress().phase == tiro::phase::login_required);
    CHECK(waiting.login() && !waiting.login()->url().empty());
    const tiro::client user = client.as_user("a@example.com");
    CHECK(user && client.cancel_all(30s));
    CHECK_THROWS(waiting.get(), TIRO_E_CANCELLED);
}

int main() {
    RUN(an_order);
    RUN(jobs);
    RUN(accounts);
    RUN(logins);
}
