// A plan from the inside: steps over numbered slots, and the frame of one call.
//
// Every array or number of the graph has a slot; tuples have none, their elements do. A step reads
// and writes slots. Blocks are the bodies of the graph: the main one, branches and loops. Nothing
// in here changes after it is built, apart from the code that launches compile; what a call changes
// is its frame.
#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "runtime/bands.h"
#include "runtime/eager.h"
#include "runtime/launch.h"
#include "runtime/numbers.h"
#include "runtime/path.h"
#include "runtime/plan.h"
#include "runtime/profile.h"
#include "runtime/sizes.h"

namespace runtime {

struct Slot {
  const Tensor* tensor = nullptr;  // an array: the caller's, or `own`
  Tensor own;
  Number number;
  int argument = -1;         // the argument that it is or views
  bool same_object = false;  // it is the argument
  bool hosted = false;       // its memory came from the host, or may stay as it is in a result

  void hold(Tensor t) {
    own = std::move(t);
    tensor = &own;
  }
};

// An output of a kernel that is written where an update wants it: the output's slot is then that of
// the changed array.
struct Placement {
  int output, base;  // of the launch; the slot of the array that changes
  std::vector<int> indices;
  Window window;
};

struct Step;
struct Block {
  std::vector<Step> steps;
  std::vector<int> params;
  std::vector<int> results;
  std::vector<char> movable;  // per result: nothing else needs it after the block
};

struct Step {
  enum class Kind : uint8_t {
    view,
    span,
    launch,
    number,
    convert,
    fill,
    evaluate,
    update,
    change,  // a change at indices or under a mask
    store,
    bind,
    require,
    select,  // elements at indices or under a mask
    call,
    branch,
    for_loop,
    while_loop
  };
  Kind kind = Kind::evaluate;
  ir::Ref node;
  std::vector<int> inputs, outputs;  // slots
  std::vector<int> release;          // slots that hold nothing after the step
  std::vector<int> enters;           // of a loop: those of them that the body does not see
  std::vector<char> host;   // per output: it may become a result, so its memory is the host's
  bool escapes = false;     // some output may become a result
  std::vector<int> shaped;  // per output: a step of the block that makes the result's shape; or -1

  View view;  // of a view
  // Of fill: registers of the shape; of a span: of the axis and the step; of an eager call: of its
  // results' axes.
  std::vector<int> sizes;
  bool blank = false;         // of fill: all elements are replaced before they are read
  int told = -1;              // of an eager call: the register of a size that its result tells
  int kept = -1;              // and its place in Frame::kept
  int site = -1;              // of what gives a size, a launch, or a loop that is one function
  int bands = -1;             // of a loop that may run band by band: place in Program::banded
  int arrays = 0;             // of a launch: so many inputs are arrays, then come
  int tables = 0;             // arrays of which gathers take elements, then numbers
  bool of_arguments = false;  // all arrays that it sees are arguments
  std::vector<Path> paths;    // of a launch, per array
  std::vector<Placement> placements;
  Window window;              // of an update: of inputs[0] by inputs[1] at inputs[2], ...
  int changed = -1;           // of a store: place in Program::changed
  Arithmetic arithmetic;      // of number
  int report = -1;            // place in Program::raising, of a node that may raise errors
  bool silent = false;        // the processor's flags do not tell of its errors
  Conversion conversion;      // of convert
  std::vector<Block> bodies;  // of control: then and otherwise; or the body; or test and body
};

// What a launch found out about the layouts that it met last.
struct Record {
  // Where an output goes that is put into an array: there, or into a copy of the array.
  struct Part {
    Seen there, in_copy;
    bool copied = false;
  };
  int64_t epoch = 0;             // of the sizes
  int64_t layout_epoch = 0;      // of the arguments
  std::vector<int64_t> layouts;  // of the slots' arrays
  std::vector<Seen> operands;    // per array
  std::vector<Part> parts;       // per placement
  Resolved resolved;
};

// An argument's memory that a call changes, and what parts of it held before.
struct Lent {
  const void* owner;
  int64_t noted = 0;   // what notes have cost so far, in bytes
  bool whole = false;  // no more notes are needed
};
struct Note {
  Tensor there;
  size_t at;     // of a part: offset in Frame::held, where its elements are in C order
  Tensor whole;  // of a whole array: a copy
};

// Everything that a call changes.
struct Frame {
  std::vector<Value> arguments, results;
  std::vector<Slot> slots;
  std::vector<Record> records;         // per launch
  std::vector<const Tensor*> arrays;   // arguments that are arrays
  std::vector<const Tensor*> changed;  // the caller's arrays that stores change
  std::vector<Lent> lent;              // parallel to `changed`
  std::vector<Note> notes;             // oldest first
  bool unsaved = false;                // none are made, since the only kernel will see to that
  Errors* errors = nullptr;            // what is asked for and found, if anything is
  Profile* profile = nullptr;          // where costs are noted, if they are
  std::vector<char> reports;  // KernelArgs::reports of all kernels and loops, and of single steps
  bool unreported = false;    // all of them are known to be 0
  std::vector<char> held;
  // Shape and strides of the arguments for which `sizes` holds, one after the other.
  std::vector<int64_t> layouts;
  std::vector<int64_t> sizes;  // registers
  bool sized = false;
  int64_t epoch = 0;         // counts how often the sizes changed
  int64_t layout_epoch = 0;  // and how often the layouts of the arguments did
  int64_t direct_epoch = 0;  // the one for which direct calls have laid out the results
  // Of each banded loop: the sizes of its bands, and of the last one; epochs of such count down.
  std::vector<std::array<BandSizes, 2>> band_sizes;
  int64_t band_epoch = 0;
  std::vector<std::unique_ptr<Frame>> band_frames;  // that bands run in, kept for the next ones
  bool of_band = false;                             // this is one of them
  int64_t launches = 0;
  int64_t rounds = 0;                       // of loops
  bool lasted = false;                      // a long kernel ran since the host was polled
  Sizes size_of;                            // for the reference engine
  std::shared_ptr<void> done;               // by eager calls
  std::vector<std::shared_ptr<void>> kept;  // of eager calls, from one call of the plan to the next
  const Host* host = nullptr;
};

// Where the values of a graph's type are: a slot, or the elements of a tuple.
struct Place {
  int slot = -1;
  std::vector<Place> elements;
  bool none = false;
};

struct Plan::Program {
  Program(std::shared_ptr<const ir::Graph> g, std::shared_ptr<codegen::Jit> j, PlanOptions o)
      : graph(std::move(g)), jit(std::move(j)), options(o) {}

  const std::shared_ptr<const ir::Graph> graph;
  const std::shared_ptr<codegen::Jit> jit;
  const PlanOptions options;

  struct Site {
    std::unique_ptr<KernelSite> kernel;
    std::atomic<bool> refused = false;  // code generation declined: the reference engine does it
    int report = 0;                     // of its first value
  };
  // A loop over numbers and elements (execute_scalar.cc).
  struct LoopSite {
    passes::ScalarLoop loop;
    std::vector<int> arrays, scalars;      // slots
    std::vector<std::vector<int>> planes;  // registers of sizes, parallel to loop.planes
    int report = 0;                        // of the first of loop.raising
    // Code for arrays such as those of the first call (`rows`), null if code generation declined;
    // code for any arrays; the same that reports all floating-point errors.
    std::once_flag once, once_general, once_checked;
    std::vector<bool> rows;
    std::shared_ptr<const codegen::Code> code, general, checked;
    codegen::Origin origin = codegen::Origin::compiled;
    double ms = 0;  // wall time of compiling or finding it
    std::atomic<bool> compiled = false;

    void set(passes::ScalarLoop of, const SizeProgram& sizes);
  };
  // A slot whose number no step writes.
  struct Preset {
    int slot;
    Number number;
    int reg;        // the number is this size; -1: a constant
    int span = -1;  // behind which the size is known
  };
  struct SlotType {
    ir::DType dtype;
    int rank;           // -1: a number
    bool python;        // a Python number
    bool last = false;  // stands once among the results
  };

  Block main;
  std::vector<Place> params, results;
  std::vector<int> changed;  // slots of arguments that stores change
  bool journal = false;      // a call may fail once it has changed them
  bool one_kernel = false;   // nothing but one kernel changes arrays or raises errors
  // Whose report is at each place of Frame::reports; none for the places before a kernel's own,
  // which belong to nobody.
  std::vector<ir::Ref> raising;
  uint8_t open = 0, forced = 0;  // kinds that may be reported: if the caller asks; whatever it asks
  bool underflow_shows = true;
  bool flags_alone = false;  // there are errors that only the flags tell, in checked calls too
  std::vector<SlotType> slots;
  std::vector<int> owners;  // slots that may own memory when a call ends
  std::vector<std::unique_ptr<Site>> sites;
  std::vector<std::unique_ptr<LoopSite>> loops;
  std::vector<BandedLoop> banded;
  std::vector<Preset> presets;
  int eager_calls = 0;
  std::unique_ptr<SizeProgram> sizes;

  // Fills the rest from the graph (build.cc). Unsupported if there is no plan for it.
  void build();
  // Runs a block (execute.cc). False, or Unsupported, if NumPy raises here.
  bool execute(const Block& block, Frame& frame) const;

  // Of a plan that is one kernel over its arguments (execute_direct.cc): what the kernel's arrays
  // and outputs are.
  struct Direct {
    std::vector<int> arguments, results;
  };
  std::optional<Direct> direct;
  void find_direct();
  bool run_direct(Frame& frame) const;

  // Before and after (plan.cc).
  bool bind(Frame& frame) const;
  bool lend(Frame& frame) const;
  // Puts back what arguments held, after a call that failed.
  void undo(Frame& frame) const;

  // Floating-point errors (plan_errors.cc): finds out what may happen; begins to look; tells what
  // happened so far.
  void find_raising();
  int report_places(std::span<const ir::Ref> nodes);
  void begin_errors(Frame& frame, Errors* errors) const;
  bool raised(Frame& frame) const;
  void collect(Frame& frame) const;

  // Frames are kept for the next call; a thread that finds none free makes one for itself.
  struct Berth {
    std::atomic<bool> taken = false;
    std::unique_ptr<Frame> frame;  // of the one who has taken the berth, as is writing the next
    std::atomic<int64_t> launches = 0;
  };
  std::array<Berth, 4> berths;
  std::atomic<int64_t> launches = 0;  // of calls that found no berth
};

std::unique_ptr<Frame> make_frame(const Plan::Program& program);
// Compiles a loop over numbers and elements once, from a graph that is the program's own or its
// equal. `sizes` is locked where the program's own graph is read, if it is not null.
// The layouts are those of its arrays, or null where nothing is known.
void make_code(const Plan::Program& program, Plan::Program::LoopSite& site,
               std::span<const Tensor* const> layouts, const ir::Graph& graph,
               std::mutex* sizes = nullptr);

// False if updates of the loop change so long rows that kernels, which several threads run, are
// faster. Layouts may be null where they are not known.
bool has_short_rows(const passes::ScalarLoop& loop, std::span<const Tensor* const> layouts);
// False if planes that the loop reduces are so large, or if NumPy may not reduce them in the order
// of their axes, which is how the code goes.
bool has_small_planes(const Plan::Program::LoopSite& site, std::span<const Tensor* const> layouts,
                      std::span<const int64_t> sizes);

// What a note holds, as an array.
Tensor held(Frame& frame, const Note& note);

// What no host has allocated is copied to where the host wants it, in the memory order it has.
void move_to_host(Slot& slot, const Host& host);
// The same of what a loop or branch gives: what shows one block of memory still does.
void move_to_host(std::span<Slot* const> slots, const Frame& frame);

// Makes the views that only launches read a part of these (fold_views.cc).
void fold_views(Block& block);
// Slots that a step reads, in its bodies too.
void uses(const Step& step, std::set<int>& slots);
// Merges updates into the launches that make what they put in place (place.cc).
void place_updates(const ir::Graph& graph, Block& block);
// Marks the launches that see nothing but arguments (Step::of_arguments).
void find_of_arguments(Block& block, std::span<const int> arguments);
// True if a call may end without a result after an update of the block has been done.
bool may_fail_changed(const ir::Graph& graph, const Block& block);

// The slots of a place, in order.
void leaves(const Place& place, std::vector<int>& slots);

}  // namespace runtime
