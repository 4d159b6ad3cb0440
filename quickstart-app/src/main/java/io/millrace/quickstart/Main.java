package io.millrace.quickstart;

import io.millrace.quickstart.screen.Screen;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import sun.misc.Signal;

/**
 * The command behind {@code ./quickstart}. Status: 0 source and target are equal, 1 they are not, 2 something failed,
 * 130 interrupted.
 */
public final class Main {
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static volatile boolean interrupted;
    private static volatile long interruptedAt;

    private Main() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        int status = run(List.of(arguments), new Screen(out, Boolean.getBoolean("millrace.terminal")), out);
        out.flush();
        // Servers leave threads behind that are no daemons.
        System.exit(status);
    }

    private static int run(List<String> arguments, Screen screen, PrintStream out) {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            out.print(Options.USAGE);
            return 0;
        }
        stopInOrder(Thread.currentThread());
        try {
            return new Quickstart(Options.parse(arguments), screen).run() ? 0 : 1;
        } catch (QuickstartException e) {
            screen.line("");
            screen.line("quickstart: " + e.getMessage());
            return 2;
        } catch (InterruptedException | RuntimeException | AssertionError e) {
            if (interrupted) {
                screen.line("");
                screen.line("Stopped; databases, broker and worker of this run are gone.");
                return 130;
            }
            screen.line("");
            screen.line("quickstart: failed: " + e.getMessage());
            e.printStackTrace(out);
            return 2;
        }
    }

    /**
     * Ctrl-C and kill interrupt the show, whose servers then close one after the other. Who asks again after some seconds
     * does not want to wait for that: then the shutdown hooks end what is left.
     */
    private static void stopInOrder(Thread show) {
        for (String name : List.of("INT", "TERM")) {
            Signal.handle(new Signal(name), signal -> {
                if (interrupted && System.nanoTime() - interruptedAt > PATIENCE_NANOS) {
                    new Thread(() -> System.exit(130)).start();
                } else if (!interrupted) {
                    interruptedAt = System.nanoTime();
                    interrupted = true;
                    show.interrupt();
                }
            });
        }
    }
}
