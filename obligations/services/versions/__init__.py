"""Later versions of rulebooks and later editions of the engine: offered, worked out, taken over."""
