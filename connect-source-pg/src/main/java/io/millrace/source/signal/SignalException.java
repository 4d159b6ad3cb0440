package io.millrace.source.signal;

/** A signal that cannot be followed; the message says why. */
public final class SignalException extends Exception {
    private static final long serialVersionUID = 1L;

    SignalException(String message) {
        super(message);
    }
}
