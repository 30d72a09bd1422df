package dev.telltale.lab;

/** What the tester does with the handset. Indices point into the persona's lists. */
sealed interface Step {

    /** As the run file and plans name it. */
    String name();

    /** A message passes, the persona's {@code sms} tells with whom. */
    sealed interface Message extends Step {
        int sms();
    }

    /** Something is decided about a service of the cloud. */
    sealed interface Decision extends Step {
        String service();
    }

    record InsertSim() implements Step {
        @Override
        public String name() {
            return "insert SIM";
        }
    }

    record JoinWifi() implements Step {
        @Override
        public String name() {
            return "join Wi-Fi";
        }
    }

    record AllowLocation() implements Step {
        @Override
        public String name() {
            return "allow location";
        }
    }

    record AddContact(int contact) implements Step {
        @Override
        public String name() {
            return "add contact";
        }
    }

    record SendSms(int sms) implements Message {
        @Override
        public String name() {
            return "send SMS";
        }
    }

    record ReceiveSms(int sms) implements Message {
        @Override
        public String name() {
            return "receive SMS";
        }
    }

    record SendMms(int sms) implements Message {
        @Override
        public String name() {
            return "send MMS";
        }
    }

    record ReceiveMms(int sms) implements Message {
        @Override
        public String name() {
            return "receive MMS";
        }
    }

    record MakeCall(int call) implements Step {
        @Override
        public String name() {
            return "make call";
        }
    }

    record ReceiveCall(int call) implements Step {
        @Override
        public String name() {
            return "receive call";
        }
    }

    record LogIn() implements Step {
        @Override
        public String name() {
            return "log in";
        }
    }

    /** The screen that asks; nothing is decided yet. */
    record ReadConsentScreen(String service) implements Decision {
        @Override
        public String name() {
            return "read consent screen";
        }
    }

    record OptIn(String service) implements Decision {
        @Override
        public String name() {
            return "opt in";
        }
    }

    record OptOut(String service) implements Decision {
        @Override
        public String name() {
            return "opt out";
        }
    }

    record FactoryReset() implements Step {
        @Override
        public String name() {
            return "factory reset";
        }
    }

    /**
     * @param firmware that the handset runs afterwards
     */
    record InstallUpdate(String firmware) implements Step {
        @Override
        public String name() {
            return "install update";
        }
    }

    /** The phone lies there and does what it does by itself. */
    record LeaveIdle() implements Step {
        @Override
        public String name() {
            return "leave idle";
        }
    }

    /** The tester's own page on the phone sends the canaries. */
    record SendControls() implements Step {
        @Override
        public String name() {
            return "send controls";
        }
    }
}
