package dev.telltale.lab;

/** What the tester does with the handset. Indices point into the persona's lists. */
sealed interface Step {
    /** As the run file names it. */
    String name();

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

    record SendSms(int sms) implements Step {
        @Override
        public String name() {
            return "send SMS";
        }
    }

    record ReceiveSms(int sms) implements Step {
        @Override
        public String name() {
            return "receive SMS";
        }
    }

    /**
     * @param sms the SMS whose peer gets it
     */
    record SendMms(int sms) implements Step {
        @Override
        public String name() {
            return "send MMS";
        }
    }

    /**
     * @param sms the SMS whose peer sent it
     */
    record ReceiveMms(int sms) implements Step {
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
}
