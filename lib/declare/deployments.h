#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "declare/document.h"

namespace penstock::declare {

// One of the places that serve a model of another gateway's configuration.
struct Deployment {
  std::string where;  // JSON pointer into the source
  std::string model;
  std::string provider;          // its name in the document
  std::optional<double> weight;  // its share, relative to the others'
  std::optional<int64_t> timeout_ms;
  int64_t order = 0;  // lower ones are asked first
};

// The deployments as targets: those of one model, order and time-out are one target with several
// credentials, weighted; the targets stand in the order in which they are to be asked.
std::vector<RoutingTarget> targetsOf(std::vector<Deployment> deployments);

// Every deployment a target of its own, for policies that choose between them.
std::vector<RoutingTarget> separateTargetsOf(const std::vector<Deployment>& deployments);

}  // namespace penstock::declare
