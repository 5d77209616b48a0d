#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/webhook.h"

namespace penstock::webhook {

// Whether it is an address of Slack's: the host is hooks.slack.com or another below slack.com.
bool isSlackUrl(std::string_view url);

// The format of an endpoint whose creator asked for none: Slack's for its own addresses.
model::WebhookFormat formatOf(std::string_view url);

// {"text":"…"}: one readable line about the event in this envelope, escaped as Slack wants (&, <,
// >).
std::string slackBody(std::string_view envelope);

}  // namespace penstock::webhook
