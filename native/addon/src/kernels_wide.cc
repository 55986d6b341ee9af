// The image loss in 16 lanes, for the variant whose other passes have 8. Its rows are long and whole, so twice the
// width pays (0.7 of the time with 8 lanes); splats and nodes rarely fill 16 lanes.
#include "kernels.h"

#include "passes/image_loss.h"
