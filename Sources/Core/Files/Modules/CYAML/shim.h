/* libyaml has no macros or variadics that we need. */
#ifndef CRS_YAML_SHIM_H
#define CRS_YAML_SHIM_H
#include <yaml.h>
#endif
