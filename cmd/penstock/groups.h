#pragma once

#include <vector>

#include "command_table.h"

// Each group of commands is a table in the file of its name.
namespace penstock::cli {

Group keyGroup();
Group managementKeyGroup();
Group memberGroup();
Group organizationGroup();
Group projectGroup();
Group providerGroup();
Group routeGroup();
Group modelGroup();
Group priceGroup();
Group logGroup();
Group analyticsGroup();
Group webhookGroup();
Group auditGroup();
Group budgetGroup();
Group budgetAlertGroup();
Group balanceGroup();

// The screen that lists them all, in the order of --help.
inline std::vector<Group> groups() {
  return {organizationGroup(),  projectGroup(),   memberGroup(),      keyGroup(),
          managementKeyGroup(), providerGroup(),  routeGroup(),       modelGroup(),
          priceGroup(),         budgetGroup(),    budgetAlertGroup(), balanceGroup(),
          logGroup(),           analyticsGroup(), webhookGroup(),     auditGroup()};
}

}  // namespace penstock::cli
