package org.apache.livy.repl;

/** Ends this process with the one that started it, so that a killed server leaves no drivers behind. */
final class ParentProcess {
  private static final long EXIT_MS = 5000;

  private ParentProcess() {}

  static void endWithIt() {
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> end("process " + parent.pid() + " has ended, so this one ends")));
  }

  private static void end(String message) {
    System.err.println(message);
    // The batches of a server do not watch it themselves.
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    Thread exit = new Thread(() -> System.exit(1));
    exit.setDaemon(true);
    exit.start();
    try {
      exit.join(EXIT_MS);
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
    }
    // Shutdown hooks may wait for the process that has ended.
    Runtime.getRuntime().halt(1);
  }
}
