// NumPy's functions as steps of a plan.
#pragma once
#include "runtime/plan.h"

namespace bindings {

// Makes the call that an `eager` node names (frontend/braze/arrays/eager/calls.py). False where it
// is not known, has been replaced in its module, raises or would warn, or gives other types than
// the node's: the plain function is to run then.
bool call_eager(runtime::EagerCall& call);

}  // namespace bindings
