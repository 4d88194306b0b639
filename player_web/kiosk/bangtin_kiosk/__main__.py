from bangtin_kiosk.cli import main

raise SystemExit(main())
