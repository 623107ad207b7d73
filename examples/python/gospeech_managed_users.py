"""Scenario II, end-users with accounts that the system manages: create one, upload as they, link to the record, remove.

python gospeech_managed_users.py talk.wav anna@example.com

The environment names the API client and, as templates, the vendor's web pages: TIRO_CLIENT_ID, TIRO_CLIENT_SECRET,
TIRO_GOSPEECH_LINK_RECORDING, TIRO_GOSPEECH_LINK_WORKLIST (docs/gospeech.md).
"""

import sys

import tiro


def main() -> int:
    if len(sys.argv) != 3:
        print(f"usage: {sys.argv[0]} recording email", file=sys.stderr)
        return 2
    _, source, email = sys.argv
    try:
        with tiro.Client("gospeech", environment=True) as client:
            user = client.create_managed_user(email, first_name="Anna", last_name="Example")
            with client.as_user(email) as person:
                with person.events() as events:
                    recording = person.upload(source)
                    for event in events:
                        if event.recording_id == recording.id and event.recording is not None:
                            print(f"{event.recording.name}: {event.recording.raw_status}")
                            if event.recording.is_final:
                                break
                print(person.transcript(recording.id).text)
                print(f"open the record:   {person.recording_link(recording.id)}")
                print(f"open the worklist: {person.worklist_link()}")
            input("Enter removes the user again: ")
            client.delete_managed_user(user.id)
    except tiro.Error as error:
        print(error, error.hint, sep="\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
