package io.millrace.sink.destination;

/** A batch that lies in the target where no reader looks, under a name of the destination's. */
public record Staged(Batch batch, String handle) {}
