package org.apache.livy.repl;

import org.apache.livy.server.LivyServer;

/** Livy's own server, which also ends if the process that started it is killed. */
public final class LocalLivyServer {
  private LocalLivyServer() {}

  public static void main(String[] arguments) {
    ParentProcess.endWithIt();
    LivyServer.main(arguments);
  }
}
