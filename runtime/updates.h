// Updates as steps of a plan: where the part lies that changes, whether an array may change where
// it is, and what has to be copied if not.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "ir/graph.h"
#include "runtime/sizes.h"
#include "runtime/tensor.h"

namespace runtime {

// Where the elements of an array seem to lie that has a layout and no memory yet.
inline char nothing_yet[1];

// The part of an array that an update replaces; attributes and sizes are looked up when the plan is
// made.
struct Window {
  std::vector<int> start, step, size;  // registers
  std::vector<int64_t> axes;           // at run-time indices

  // The part of `t`; nothing if an index is out of range.
  std::optional<Tensor> of(const Tensor& t, std::span<const int64_t> sizes,
                           std::span<const int64_t> indices) const;
};

// Unsupported if a size is not determined.
Window compile_window(const ir::Graph& graph, ir::Ref update, const SizeProgram& sizes);

// The indices along each axis of an array that a view of it takes.
struct Box {
  std::array<int64_t, max_rank> low{}, high{};
  bool known = false;
};

// Of a view that starts `offset` bytes behind the array's element with all indices 0.
Box box(const Tensor& base, const Tensor& view, int64_t offset);

// True if no element of a is one of b, both being views of `base`. May say false where it is true.
bool apart(const Tensor& base, const Tensor& a, const Tensor& b);

// True if both have the same shape and, along axes of several elements, the same strides.
bool same_layout(const Tensor& a, const Tensor& b);

// True if both show the same elements in the same places.
bool same_elements(const Tensor& a, const Tensor& b);

// Copies what lies outside the part, from an array to another of the same shape. Some of the part
// may be copied too.
void copy_around(const Tensor& to, const Tensor& from, const Tensor& part_of_from);

// True if every element has its own place in memory, as far as strides tell at once.
bool separate_elements(const Tensor& t);

}  // namespace runtime
