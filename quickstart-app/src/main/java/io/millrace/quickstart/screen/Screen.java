package io.millrace.quickstart.screen;

import java.io.PrintStream;
import java.util.List;

/**
 * Where the quickstart prints. In a terminal a block of lines is painted over again and again; elsewhere {@link #block}
 * prints every few seconds what has changed, so that a log stays readable. For one thread at a time.
 */
public final class Screen {
    private static final long PLAIN_PAUSE_NANOS = 5_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private int painted;
    private long lastPlain;
    private List<String> lastLines = List.of();

    public Screen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    public boolean isTerminal() {
        return terminal;
    }

    /** A line that stays. */
    public synchronized void line(String text) {
        out.println(text);
        painted = 0;
        out.flush();
    }

    /** Heading of a step. */
    public void step(String text) {
        line("");
        line(terminal ? "\033[1m" + text + "\033[0m" : text);
    }

    /** The current state of something that moves; {@code last} leaves it on the screen for good. */
    public synchronized void block(List<String> lines, boolean last) {
        if (terminal) {
            StringBuilder text = new StringBuilder();
            if (painted > 0) {
                text.append("\033[").append(painted).append('A');
            }
            lines.forEach(line -> text.append("\033[2K").append(line).append('\n'));
            // No wrapping: a wrapped line would break the count of lines to go up.
            out.print("\033[?7l" + text + "\033[?7h");
            painted = last ? 0 : lines.size();
        } else if (last || System.nanoTime() - lastPlain > PLAIN_PAUSE_NANOS) {
            lastPlain = System.nanoTime();
            lines.stream().filter(line -> !lastLines.contains(line)).forEach(out::println);
            lastLines = List.copyOf(lines);
        }
        out.flush();
    }
}
