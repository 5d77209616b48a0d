#include "model/webhook.h"

namespace penstock::model {
namespace {

template <typename Enum>
std::optional<Enum> parse(std::string_view name, std::initializer_list<Enum> all,
                          std::string_view (*name_of)(Enum)) {
  for (const Enum value : all) {
    if (name_of(value) == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view formatName(WebhookFormat format) {
  switch (format) {
    case WebhookFormat::Json: return "json";
    case WebhookFormat::Slack: return "slack";
  }
  return "json";
}

std::optional<WebhookFormat> parseWebhookFormat(std::string_view name) {
  return parse(name, {WebhookFormat::Json, WebhookFormat::Slack}, formatName);
}

std::string_view statusName(DeliveryStatus status) {
  switch (status) {
    case DeliveryStatus::Pending: return "pending";
    case DeliveryStatus::Delivered: return "delivered";
    case DeliveryStatus::Failed: return "failed";
  }
  return "failed";
}

std::optional<DeliveryStatus> parseDeliveryStatus(std::string_view name) {
  return parse(name, {DeliveryStatus::Pending, DeliveryStatus::Delivered, DeliveryStatus::Failed},
               statusName);
}

}  // namespace penstock::model
