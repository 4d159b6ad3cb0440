package io.millrace.quickstart;

/** Something that the user can do something about; the message is all that is shown. */
public final class QuickstartException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public QuickstartException(String message) {
        super(message);
    }

    public QuickstartException(String message, Throwable cause) {
        super(message, cause);
    }
}
